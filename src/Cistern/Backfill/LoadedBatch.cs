namespace Cistern;

/// <summary>What a backfill brought.</summary>
/// <param name="Loaded">How many entries the backend stored.</param>
/// <param name="SourceIsEmpty">The source had nothing at all; nothing was run.</param>
/// <param name="Entries">What was loaded and is in the backend as it came, for the lookup that caused the backfill; of a forced load only the last chunk.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
internal readonly record struct LoadedBatch(long Loaded, bool SourceIsEmpty, IReadOnlyList<SourceEntry> Entries, Exception? Error)
{
    public static LoadedBatch Nothing { get; } = new(0, false, [], null);

    public SourceEntry? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key == key) return entry;
        }

        return null;
    }
}
