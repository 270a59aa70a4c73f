namespace Cistern;

/// <summary>
/// Loads what a backend lacks from a source, in the source's order. What is lacking is settled before anything is stored, and no more is
/// taken than the backend can hold, so that a load never evicts what it just brought. One load at a time.
/// </summary>
internal sealed class BatchLoader(CacheBackend backend, ICacheSource source, FillOptions fill)
{
    /// <summary>The number of entries that stands for all of them.</summary>
    public const long Everything = long.MaxValue;

    private const int LeastPage = 64;
    private const int MostPage = 1000;

    // Everything before this place was in the backend when RemovalCount was this; while the count stands, a scan may start here.
    private (SourcePosition Position, long RemovalCount)? _scanned;

    /// <summary>Whether the source has ever shown an entry, so that it need not be asked again whether it is empty.</summary>
    public bool SourceHasEntries { get; private set; }

    public async Task<bool> IsSourceEmptyAsync(CancellationToken cancellationToken)
    {
        if (SourceHasEntries) return false;
        var page = await source.ReadPageAsync(SourcePosition.Start, 1, cancellationToken).ConfigureAwait(false);
        SourceHasEntries = page.Entries.Count > 0;
        return !SourceHasEntries;
    }

    /// <summary>Loads up to a number of entries. A failure ends the load and is told in the result, with what had been loaded.</summary>
    public async Task<LoadedBatch> LoadAsync(long mostEntries, CancellationToken cancellationToken)
    {
        var room = new BatchRoom(backend, mostEntries);
        var chunk = new List<SourceEntry>((int)Math.Min(mostEntries, MostPage));
        var loaded = 0L;
        var allLanded = true;
        try
        {
            var removalCount = backend.RemovalCount;
            var position = _scanned is { } scanned && scanned.RemovalCount == removalCount ? scanned.Position : SourcePosition.Start;
            _scanned = null;
            while (!room.IsFull)
            {
                var page = await source.ReadPageAsync(position, (int)Math.Clamp(mostEntries, LeastPage, MostPage), cancellationToken).ConfigureAwait(false);
                if (page.Entries.Count == 0 && position == SourcePosition.Start)
                {
                    SourceHasEntries = false;
                    return LoadedBatch.Nothing with { SourceIsEmpty = true };
                }

                if (page.Entries.Count == 0) break;
                SourceHasEntries = true;
                allLanded &= await TakeLackingAsync(page.Entries, room, chunk, cancellationToken).ConfigureAwait(false);
                if (room.IsFull) break;
                position = page.Next;

                // A forced load without bounds evicts nothing, and so need not hold more than a chunk.
                if (chunk.Count < MostPage || mostEntries != Everything || !room.IsUnbounded) continue;
                allLanded &= await StoreAsync().ConfigureAwait(false);
                chunk.Clear();
            }

            allLanded &= await StoreAsync().ConfigureAwait(false);
            if (allLanded && removalCount is { } count) _scanned = (position, count);
            return new LoadedBatch(loaded, false, chunk, null);
        }
        catch (Exception error)
        {
            return new LoadedBatch(loaded, false, [], error);
        }

        // Keeps in the chunk what the backend now has as it came: whoever set another value meanwhile has the newer one. False if a key is
        // not in the backend at all, so that the next scan must not pass it by.
        async Task<bool> StoreAsync()
        {
            if (chunk.Count == 0) return true;
            var outcomes = await backend.SetManyAsync(chunk.Select(fill.Request), cancellationToken).ConfigureAwait(false);
            var (kept, landed) = (0, true);
            for (var i = 0; i < outcomes.Count; i++)
            {
                if (outcomes[i] == SetOutcome.Stored) loaded++;
                if (outcomes[i] is SetOutcome.Stored or SetOutcome.AlreadyCurrent) chunk[kept++] = chunk[i];
                else if (outcomes[i] != SetOutcome.Present) landed = false;
            }

            chunk.RemoveRange(kept, chunk.Count - kept);
            return landed;
        }
    }

    // False if an entry was left out only for now, so that the next scan must not pass it by.
    private async Task<bool> TakeLackingAsync(IReadOnlyList<SourceEntry> entries, BatchRoom room, List<SourceEntry> chunk, CancellationToken cancellationToken)
    {
        var present = await backend.ExistsManyAsync(entries.Select(entry => entry.Key), cancellationToken).ConfigureAwait(false);
        var tookAll = true;
        foreach (var entry in entries)
        {
            if (present.Contains(entry.Key)) continue;
            switch (room.Take(entry))
            {
                case BatchRoom.Fit.Fits: chunk.Add(entry); break;
                case BatchRoom.Fit.NotNow: tookAll = false; break;
                case BatchRoom.Fit.Never: break;
                default: return tookAll;
            }

            if (room.IsFull) return tookAll;
        }

        return tookAll;
    }
}
