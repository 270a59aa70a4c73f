namespace Cistern;

/// <summary>The row of a key as a write finds it, without its value.</summary>
/// <param name="Id">The row; 0 when there is none.</param>
/// <param name="Version">The version of its entry or tombstone.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="AbsoluteEnd">The end that no touch can move.</param>
/// <param name="SizeBytes">The bytes of its value; null for a tombstone, and when there is no row.</param>
internal readonly record struct FoundRow(long Id, long? Version, long? ExpiresAt, long? AbsoluteEnd, long? SizeBytes)
{
    public bool IsThere => Id != 0;

    public bool IsEntry => SizeBytes is not null;

    public bool IsLiveEntry(long now) => IsEntry && !IsExpired(now);

    public bool IsLiveTombstone(long now) => IsThere && !IsEntry && !IsExpired(now);

    public bool IsExpired(long now) => ExpiresAt <= now;
}
