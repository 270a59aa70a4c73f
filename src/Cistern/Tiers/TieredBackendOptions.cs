namespace Cistern;

/// <summary>How long the near tier's copies count, and when the far tier counts as down. Immutable.</summary>
public sealed record TieredBackendOptions
{
    /// <summary>The defaults.</summary>
    public static TieredBackendOptions Default { get; } = new();

    /// <summary>
    /// How long a copy in the near tier answers lookups, never beyond the entry's own end. Default 60 s, greater than zero, at most 365 days. Without <see cref="Invalidation"/>, so long may a lookup return what another
    /// process has overwritten or deleted; with it, only when a message was lost and the loss not noticed yet.
    /// </summary>
    public TimeSpan NearTimeToLive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How much longer than <see cref="NearTimeToLive"/>, and never beyond the entry's own end, a copy answers lookups while the far tier cannot be asked. Default 5 minutes; zero: a lookup then fails
    /// as the far tier does.
    /// </summary>
    public TimeSpan StaleWhileDown { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many calls to the far tier must fail in a row for it to count as down. Default 5, at least 1.</summary>
    public int FaultsUntilDown { get; init; } = 5;

    /// <summary>How long a far tier that is down is left alone: calls that need it fail at once. Then one call tries it. Default 5 s, greater than zero.</summary>
    public TimeSpan DownTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Tells other processes that share the far tier what changed, and hears it of them. Owned by the backend. Null (the default): nobody is told.</summary>
    public IInvalidationChannel? Invalidation { get; init; }

    internal TieredBackendOptions Check()
    {
        var longest = TimeSpan.FromDays(365);
        if (NearTimeToLive <= TimeSpan.Zero || NearTimeToLive > longest) throw new ArgumentOutOfRangeException(nameof(NearTimeToLive), NearTimeToLive, "Must be greater than zero, and at most 365 days.");
        if (StaleWhileDown < TimeSpan.Zero || StaleWhileDown > longest) throw new ArgumentOutOfRangeException(nameof(StaleWhileDown), StaleWhileDown, "Must be 0 to 365 days.");
        if (FaultsUntilDown < 1) throw new ArgumentOutOfRangeException(nameof(FaultsUntilDown), FaultsUntilDown, "Must be at least 1.");
        if (DownTime <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(DownTime), DownTime, "Must be greater than zero.");
        return this;
    }
}
