namespace Cistern;

/// <summary>Decides when a write begins nothing more. Safe for concurrent use.</summary>
internal sealed class WriteStop : IDisposable
{
    private readonly bool _atFirstFailure;
    private readonly CancellationTokenSource _reading;
    private volatile bool _isStopped;

    public WriteStop(WriteFailureHandling onFailure, CancellationToken cancellationToken)
    {
        _atFirstFailure = onFailure == WriteFailureHandling.StopAtFirstFailure;
        _reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Whether a failure has stopped the write.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>Cancelled when nothing more should be read, for whatever reason.</summary>
    public CancellationToken Reading => _reading.Token;

    /// <summary>A backend failed.</summary>
    public void TellFailure()
    {
        if (!_atFirstFailure) return;
        _isStopped = true;
        _reading.Cancel();
    }

    public void Dispose() => _reading.Dispose();
}
