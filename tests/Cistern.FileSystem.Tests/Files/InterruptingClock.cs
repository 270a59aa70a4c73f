namespace Cistern.Tests;

/// <summary>The system's clock, of which one reading does something first: a moment in the middle of an operation, without a second thread.</summary>
internal sealed class InterruptingClock : TimeProvider
{
    /// <summary>What the next reading does, once.</summary>
    public Action? Interruption { get; set; }

    public override long GetTimestamp()
    {
        var interruption = Interruption;
        Interruption = null;
        interruption?.Invoke();
        return base.GetTimestamp();
    }
}
