using System.Diagnostics;

namespace Cistern;

/// <summary>
/// How long a server keeps what it is given: always longer than the entry lives, as the entry's own end is in its envelope and the server only sweeps. A
/// server counts whole seconds that begin when it likes, and takes more than 30 days for an instant of its own clock, which is asked for at connecting
/// and goes on by this machine's count of time: no wall clock of ours is needed. Immutable.
/// </summary>
/// <param name="serverTime">The server's clock when it was asked, in seconds since 1970.</param>
/// <param name="askedAt">When that was, as <see cref="Stopwatch.GetTimestamp"/> counts.</param>
/// <param name="sweepDelay">How much longer than an entry lives it is kept.</param>
internal sealed class ServerLifetimes(long serverTime, long askedAt, TimeSpan sweepDelay)
{
    private const long LongestRelativeSeconds = 30 * 24 * 60 * 60;

    private readonly long _extraSeconds = (long)Math.Ceiling(sweepDelay.TotalSeconds);

    /// <summary>The number to send; null: it is kept until it is evicted.</summary>
    /// <param name="milliseconds">How long the entry lives from now on; null: without end.</param>
    public long? SecondsOf(long? milliseconds)
    {
        if (milliseconds is not { } lifetime) return null;

        // Up, and one more for the second that has begun.
        var seconds = Math.Max(0, lifetime) / 1000 + 2 + _extraSeconds;
        if (seconds <= LongestRelativeSeconds) return seconds;
        var end = serverTime + (long)Stopwatch.GetElapsedTime(askedAt).TotalSeconds + 2 + seconds;

        // Servers read it as a signed number of 32 bits.
        return end < int.MaxValue ? end : null;
    }
}
