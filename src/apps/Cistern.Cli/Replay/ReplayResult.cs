namespace Cistern.Cli;

/// <summary>What became of the requests of a log with one policy and one bound. Immutable.</summary>
internal sealed record ReplayResult
{
    /// <summary>What the best possible is called where the others have the name of their policy.</summary>
    public const string Optimum = "optimum";

    /// <summary>The name of the policy, or <see cref="Optimum"/>.</summary>
    public required string Policy { get; init; }

    public required ReplayBound Bound { get; init; }

    public required long Requests { get; init; }

    /// <summary>How many requests were hits.</summary>
    public required long Hits { get; init; }

    /// <summary>The bytes of the values of all requests.</summary>
    public long RequestedBytes { get; init; }

    /// <summary>The bytes of the values of the hits; null: not asked for, as the log has no sizes, or as the optimum is one of hits.</summary>
    public long? HitBytes { get; init; }

    /// <summary>Values that were too large for the bound, and so were not stored.</summary>
    public long TooLarge { get; init; }

    /// <summary>What the backend held and did at the end; null: there was none.</summary>
    public CacheStats? Stats { get; init; }

    /// <summary>The most memory that was held, as far as it was looked at: once in some thousand requests, and at the end; null: there was no backend.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Whether it is the best possible, which no policy does.</summary>
    public bool IsOptimum => Policy == Optimum;

    /// <summary>Hits for each request, 0 to 1.</summary>
    public double HitRatio => (double)Hits / Requests;

    /// <summary>Bytes of hits for each byte asked for, 0 to 1; null: not known.</summary>
    public double? ByteHitRatio => HitBytes is { } bytes ? RequestedBytes == 0 ? 0 : (double)bytes / RequestedBytes : null;
}
