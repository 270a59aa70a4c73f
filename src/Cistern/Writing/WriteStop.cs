namespace Cistern;

/// <summary>Decides when a write begins nothing more. Safe for concurrent use.</summary>
internal sealed class WriteStop : IDisposable
{
    private readonly bool _atFirstFailure;
    private readonly CancellationTokenSource _reading = new();

    // Not disposed: a source that was left behind may still have it. It holds nothing that needs to be.
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _link;
    private volatile bool _isStopped;

    public WriteStop(WriteFailureHandling onFailure, CancellationToken cancellationToken)
    {
        _atFirstFailure = onFailure == WriteFailureHandling.StopAtFirstFailure;
        _link = cancellationToken.UnsafeRegister(static stop => ((WriteStop)stop!).EndReading(), this);
    }

    /// <summary>Whether a failure has stopped the write.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>Cancelled when nothing more should be read, for whatever reason.</summary>
    public CancellationToken Reading => _reading.Token;

    /// <summary>The same for whoever gives the records: what it does when it is told so, holds nobody up, and what it throws reaches nobody.</summary>
    public CancellationToken Source => _source.Token;

    /// <summary>A backend failed. Never throws.</summary>
    public void TellFailure()
    {
        if (!_atFirstFailure) return;
        _isStopped = true;
        EndReading();
    }

    public void Dispose()
    {
        _link.Dispose();
        _reading.Dispose();
    }

    private void EndReading()
    {
        _reading.Cancel();
        _ = TellSourceAsync();
    }

    private async Task TellSourceAsync() => await _source.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
