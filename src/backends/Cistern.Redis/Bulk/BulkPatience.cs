namespace Cistern;

/// <summary>How long a bulk write waits for a server that does nothing: from the last step that was done. Safe for concurrent use.</summary>
internal sealed class BulkPatience : IDisposable
{
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _time;

    public BulkPatience(TimeSpan time, CancellationToken cancellationToken)
    {
        _time = time;
        _caller = cancellationToken;
        _silence = new CancellationTokenSource(time, TimeProvider.System);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_silence.Token, cancellationToken);
    }

    /// <summary>Cancelled when it is over, or when the caller cancels.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>A step was done: it begins anew.</summary>
    public void Restart() => _silence.CancelAfter(_time);

    /// <summary>Waits a moment before another try; false: it is over, and there is none.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<bool> WaitAsync(TimeSpan pause)
    {
        await Task.Delay(pause, TimeProvider.System, Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _caller.ThrowIfCancellationRequested();
        return !_silence.IsCancellationRequested;
    }

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
