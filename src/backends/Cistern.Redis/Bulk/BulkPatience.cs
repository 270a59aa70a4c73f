namespace Cistern;

/// <summary>How long a bulk write waits for a server that does nothing: from the last step that was done. Safe for concurrent use.</summary>
internal sealed class BulkPatience : IDisposable
{
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;
    private readonly TimeSpan _time;

    public BulkPatience(TimeSpan time, CancellationToken cancellationToken)
    {
        _time = time;
        _silence = new CancellationTokenSource(time, TimeProvider.System);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_silence.Token, cancellationToken);
    }

    /// <summary>Cancelled when it is over, or when the caller cancels.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>A step was done: it begins anew.</summary>
    public void Restart() => _silence.CancelAfter(_time);

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
