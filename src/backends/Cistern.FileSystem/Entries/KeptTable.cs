namespace Cistern;

/// <summary>A table as it was at one moment, to be used without its lock until it is released: only then are values written over those in it.</summary>
internal sealed class KeptTable(KeptEntry[] entries, KeptTombstone[] tombstones, Action release) : IDisposable
{
    /// <summary>Every entry, the first to go first.</summary>
    public KeptEntry[] Entries { get; } = entries;

    public KeptTombstone[] Tombstones { get; } = tombstones;

    public void Dispose() => release();
}
