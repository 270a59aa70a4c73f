using System.Diagnostics;

namespace Cistern;

/// <summary>Until when a call waits for others: in real time, as their locks are, whatever the caller's clock says.</summary>
/// <param name="milliseconds">How long that is from now.</param>
internal readonly struct Deadline(int milliseconds)
{
    private readonly int _milliseconds = milliseconds;
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>What is left of it; 0 when it has passed.</summary>
    public int MillisecondsLeft => (int)Math.Max(0, _milliseconds - Stopwatch.GetElapsedTime(_started).TotalMilliseconds);
}
