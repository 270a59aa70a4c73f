namespace Cistern;

/// <summary>How long a bulk write waits for a server that does nothing: from the last step that was done. Safe for concurrent use.</summary>
internal sealed class BulkPatience : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private readonly TimeSpan _time;

    public BulkPatience(TimeSpan time, CancellationToken cancellationToken)
    {
        _time = time;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _timer = TimeProvider.System.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), _source, time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when it is over, or when the caller cancels.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>A step was done: it begins anew.</summary>
    public void Restart() => _timer.Change(_time, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }
}
