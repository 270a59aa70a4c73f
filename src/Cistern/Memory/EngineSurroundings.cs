namespace Cistern;

/// <summary>What an engine knows of the backend around it.</summary>
internal sealed class EngineSurroundings
{
    /// <summary>The clock, in milliseconds since 1970; never set back.</summary>
    public required Func<long> Now { get; init; }

    /// <summary>Told how many entries were removed for room.</summary>
    public required Action<long> Evicted { get; init; }

    /// <summary>Told how many entries were removed because their time was over.</summary>
    public required Action<long> Expired { get; init; }

    /// <summary>Told how many bytes of memory were taken.</summary>
    public required Action<long> Took { get; init; }
}
