namespace Cistern;

/// <summary>The names, the times and the clock of a memcached backend. Immutable.</summary>
public sealed record MemcachedBackendOptions
{
    /// <summary>What the backend is called in statistics and errors. Default "memcached".</summary>
    public string Name { get; init; } = "memcached";

    /// <summary>
    /// What every key is preceded by on the servers, so that several caches share them: visible ASCII, at most 206 characters. Listing and clearing reach
    /// only what has it. Default: empty.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>How many connections there are at most to each server for calls, and as many for batches, shared by all callers; made when there is none that is free. 1 to 64, default 2.</summary>
    public int Connections { get; init; } = 2;

    /// <summary>
    /// How long a call waits for the servers. A batch and a listing wait as long as the servers go on: so long for the next bytes, and ten times as long for
    /// each piece. In real time whatever <see cref="TimeProvider"/> says. Default 1 s, 1 ms to 1 hour.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long making a connection may last; a call does not wait longer than <see cref="Timeout"/> for it. Default 1 s, 1 ms to 1 hour.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the version of a deleted key is remembered, if the server does not evict it. Default 60 s.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock. Null (the default): <see cref="TimeProvider.System"/>. Processes that share servers should share a clock, too.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>How much longer than an entry lives its server keeps it: also what a client whose clock is behind may still see. For tests whose clock stands still.</summary>
    internal TimeSpan SweepDelay { get; init; } = TimeSpan.FromSeconds(5);

    internal long TombstoneMilliseconds => (long)Math.Ceiling(TombstoneRetention.TotalMilliseconds);

    internal MemcachedBackendOptions Check()
    {
        const int MostConnections = 64;
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentNullException.ThrowIfNull(Prefix);
        if (!KeyNames.IsPrefix(Prefix)) throw new ArgumentException($"Must be visible ASCII, at most {KeyNames.LongestPrefix} characters.", nameof(Prefix));
        if (Connections is < 1 or > MostConnections) throw new ArgumentOutOfRangeException(nameof(Connections), Connections, $"Must be 1 to {MostConnections}.");
        CheckTime(Timeout, nameof(Timeout));
        CheckTime(ConnectTimeout, nameof(ConnectTimeout));
        if (TombstoneRetention <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(TombstoneRetention), TombstoneRetention, "Must be greater than zero.");
        return this;
    }

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time < TimeSpan.FromMilliseconds(1) || time > TimeSpan.FromHours(1)) throw new ArgumentOutOfRangeException(name, time, "Must be 1 ms to 1 hour.");
    }
}
