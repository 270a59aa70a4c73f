namespace Cistern;

/// <summary>What the tiers of a <see cref="TieredBackend"/> did since it was opened; <see cref="CacheBackend.ResetStats"/> leaves it. Immutable.</summary>
public sealed record TieredStats
{
    /// <summary>Lookups that the near tier answered.</summary>
    public required long NearHits { get; init; }

    /// <summary>Lookups that the far tier answered.</summary>
    public required long FarHits { get; init; }

    /// <summary>Lookups that an old copy answered, as the far tier could not be asked.</summary>
    public required long StaleHits { get; init; }

    /// <summary>Lookups that found nothing in either tier.</summary>
    public required long Misses { get; init; }

    /// <summary>Copies made in the near tier after lookups in the far one.</summary>
    public required long Promotions { get; init; }

    /// <summary>Calls to the far tier that failed.</summary>
    public required long FarFaults { get; init; }

    /// <summary>Calls that were not made, as the far tier was down.</summary>
    public required long FarRefusals { get; init; }

    /// <summary>Calls to the near tier that failed.</summary>
    public required long NearFaults { get; init; }

    /// <summary>Keys that others said they had changed.</summary>
    public required long InvalidatedKeys { get; init; }

    /// <summary>How often messages of others were lost, and every copy was dropped.</summary>
    public required long LostMessages { get; init; }

    /// <summary>Changes that others have not been told of, as the channel failed: they are told as soon as it works again.</summary>
    public required long UnsentKeys { get; init; }

    /// <summary>Whether the far tier is down, and left alone for a while.</summary>
    public required bool IsFarDown { get; init; }

    /// <summary>The near tier's own statistics.</summary>
    public required CacheStats Near { get; init; }
}
