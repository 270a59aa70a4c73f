using System.Diagnostics;

namespace Cistern;

/// <summary>How long a bulk write waits for a server that does nothing: from the last step that was done. Safe for concurrent use.</summary>
internal sealed class BulkPatience : IDisposable
{
    // What a try takes that is sure to be answered before it is over: the part of the time that is left for it.
    private const int PartOfOneTry = 10;

    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;
    private readonly TimeSpan _time;
    private long _lastStep = Stopwatch.GetTimestamp();

    public BulkPatience(TimeSpan time, CancellationToken cancellationToken)
    {
        _time = time;
        _silence = new CancellationTokenSource(time, TimeProvider.System);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_silence.Token, cancellationToken);
    }

    /// <summary>Cancelled when it is over, or when the caller cancels.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>A step was done: it begins anew.</summary>
    public void Restart()
    {
        Volatile.Write(ref _lastStep, Stopwatch.GetTimestamp());
        _silence.CancelAfter(_time);
    }

    /// <summary>Waits a moment before another try; false: there is no time for one.</summary>
    public async Task<bool> WaitAsync(TimeSpan pause)
    {
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _lastStep)) + pause > _time - _time / PartOfOneTry) return false;
        await Task.Delay(pause, TimeProvider.System, Token).ConfigureAwait(false);
        return true;
    }

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
