namespace Cistern;

/// <summary>Addresses of memory: <c>memory:?capacity=1000&amp;max-size=100MB&amp;max-memory=256MB&amp;eviction=lru&amp;goal=byte_hits</c>. Every opening is a new, empty backend.</summary>
public sealed class MemoryScheme : BackendScheme
{
    private MemoryScheme() : base("memory", ["capacity", "max-size", "max-memory", "eviction", "goal"])
    {
    }

    /// <summary>The scheme.</summary>
    public static MemoryScheme Instance { get; } = new();

    /// <summary>What an address asks for, and the defaults for what it does not.</summary>
    /// <param name="address">An address of memory.</param>
    /// <exception cref="FormatException">It has a location, or an option is not what it may be.</exception>
    public static InMemoryBackendOptions OptionsOf(BackendAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Location.Length > 0) throw new FormatException("memory: has no location; options follow a question mark, as in memory:?capacity=1000");
        return new InMemoryBackendOptions
        {
            Capacity = address.WholeOf("capacity", 1),
            MaxSizeBytes = address.BytesOf("max-size"),
            MaxMemoryBytes = address.BytesOf("max-memory"),
            Eviction = address.ChoiceOf("eviction", EvictionModeText.Choices) ?? EvictionMode.Adaptive,
            EvictionGoal = address.ChoiceOf("goal", [("hits", EvictionGoal.Hits), ("byte_hits", EvictionGoal.ByteHits)]) ?? EvictionGoal.Hits,
        };
    }

    /// <inheritdoc/>
    public override ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(opening);
        cancellationToken.ThrowIfCancellationRequested();
        return new(new InMemoryBackend(OptionsOf(address) with { TimeProvider = opening.TimeProvider }));
    }
}
