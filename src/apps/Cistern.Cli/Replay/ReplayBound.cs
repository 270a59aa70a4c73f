namespace Cistern.Cli;

/// <summary>A bound that a log is replayed with. Immutable.</summary>
/// <param name="Measure">In what it is measured.</param>
/// <param name="Amount">So many entries or bytes; at least 1.</param>
internal sealed record ReplayBound(ReplayMeasure Measure, long Amount)
{
    /// <summary>The part of the distinct keys that was asked for, in percent; null: a number of entries was, or of bytes.</summary>
    public decimal? Percent { get; init; }

    /// <summary>The name of the measure in JSON.</summary>
    public string JsonName => Measure switch
    {
        ReplayMeasure.Capacity => "capacity",
        ReplayMeasure.MaxSize => "max_size_bytes",
        _ => "max_memory_bytes",
    };

    /// <summary>The options of a backend with this bound and no other.</summary>
    public InMemoryBackendOptions ToOptions(EvictionMode policy) => new()
    {
        Capacity = Measure == ReplayMeasure.Capacity ? Amount : null,
        MaxSizeBytes = Measure == ReplayMeasure.MaxSize ? Amount : null,
        MaxMemoryBytes = Measure == ReplayMeasure.MaxMemory ? Amount : null,
        MaxValueBytes = ReplayLogReader.MostValueBytes,
        Eviction = policy,
    };

    /// <summary>The bound without its unit: <c>1,000</c>, <c>1,000 (10 %)</c>, <c>64 MB</c>.</summary>
    public string Figure => Beginning + (Percent is { } percent ? $" ({ReplayFormat.Percent(percent)})" : "");

    /// <summary>The bound where another one of its kind follows in the sentence: <c>1,000</c>, <c>64 MB</c>.</summary>
    public string Beginning => Measure != ReplayMeasure.Capacity ? ReplayFormat.Bytes(Amount) : ReportFormat.Count(Amount);

    /// <summary>The bound in words: <c>1,000 entries</c>, <c>64 MB</c>.</summary>
    public override string ToString() => Measure != ReplayMeasure.Capacity ? ReplayFormat.Bytes(Amount) : ReportFormat.Count(Amount, "entry", "entries");
}
