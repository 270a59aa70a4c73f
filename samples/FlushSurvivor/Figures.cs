namespace Samples;

/// <summary>What a service did up to a moment.</summary>
/// <param name="Lookups">Requests answered.</param>
/// <param name="Misses">Those that the cache could not answer.</param>
/// <param name="SourceReads">Reads that reached the source.</param>
internal readonly record struct Figures(long Lookups, long Misses, long SourceReads)
{
    public double HitRate => Lookups == 0 ? 0 : 1 - (double)Misses / Lookups;

    public static Figures operator -(Figures later, Figures earlier) =>
        new(later.Lookups - earlier.Lookups, later.Misses - earlier.Misses, later.SourceReads - earlier.SourceReads);
}
