namespace Cistern;

/// <summary>Lookups inside a window.</summary>
internal readonly record struct LookupCounts(long Lookups, long Misses, long Absent)
{
    public LookupCounts With(LookupKind kind, long times = 1) => new(
        Lookups + times,
        Misses + (kind == LookupKind.Hit ? 0 : times),
        Absent + (kind == LookupKind.AbsentMiss ? times : 0));

    public LookupCounts WithAbsent() => this with { Absent = Absent + 1 };

    public LookupCounts Without(LookupCounts other) => new(Lookups - other.Lookups, Misses - other.Misses, Absent - other.Absent);

    /// <summary>The rate that decides, rounded to four decimals.</summary>
    public double Rate(bool excludeAbsent) => excludeAbsent ? MissRate.Of(Misses - Absent, Lookups - Absent) : MissRate.Of(Misses, Lookups);
}
