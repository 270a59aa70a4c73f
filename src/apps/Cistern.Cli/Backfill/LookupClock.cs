namespace Cistern.Cli;

/// <summary>
/// A clock that shows the time of the lookup in hand, so that a run over yesterday's log decides as yesterday would have, every time alike.
/// Timeouts stay real: its timers are the system's.
/// </summary>
internal sealed class LookupClock : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    /// <summary>Whether a lookup has told a time yet.</summary>
    public bool HasTime { get; private set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _now;

    /// <summary>Shows the time of the next lookup.</summary>
    public void Show(DateTimeOffset time)
    {
        _now = time;
        HasTime = true;
    }
}
