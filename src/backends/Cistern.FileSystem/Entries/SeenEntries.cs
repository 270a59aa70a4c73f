using System.Buffers;

namespace Cistern;

/// <summary>The table and the lock under which it is used: what callers see. Safe for concurrent use.</summary>
/// <param name="table">The table.</param>
/// <param name="clock">The time in milliseconds since 1970-01-01 UTC.</param>
/// <param name="onRemoved">Told how many entries were evicted, and how many have expired.</param>
internal sealed class SeenEntries(EntryTable table, Func<long> clock, Action<int, int> onRemoved)
{
    /// <summary>Held by whoever uses <see cref="Table"/>, but for fetching ahead.</summary>
    public Lock Lock { get; } = new();

    public EntryTable Table { get; private set; } = table;

    public byte[]? Get(string key)
    {
        HeldState large;
        lock (Lock)
        {
            if (Table.Use(key, clock) is not (>= 0 and var slot)) return null;
            if (Table.StateOf(slot) is var held && held.Length <= EntrySlot.MostBytesCopied) return held.Value.ToArray();
            large = Table.Share(slot);
        }

        return large.Value.ToArray();
    }

    public LookupOutcome TryGet(string key, Span<byte> destination, out int valueLength)
    {
        valueLength = 0;
        HeldState large;
        lock (Lock)
        {
            if (Table.Use(key, clock) is not (>= 0 and var slot)) return LookupOutcome.Miss;
            var held = Table.StateOf(slot);
            valueLength = held.Length;
            if (held.Length > destination.Length) return LookupOutcome.DestinationTooSmall;
            if (held.Length <= EntrySlot.MostBytesCopied)
            {
                held.Value.CopyTo(destination);
                return LookupOutcome.Hit;
            }

            large = Table.Share(slot);
        }

        large.Value.CopyTo(destination);
        return LookupOutcome.Hit;
    }

    public bool TryRead<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        HeldState shared;
        lock (Lock)
        {
            if (Table.Use(key, clock) is not (>= 0 and var slot)) return false;
            shared = Table.Share(slot);
        }

        reader(shared.Value, state);
        return true;
    }

    public CacheEntry? GetEntry(string key)
    {
        lock (Lock) return Table.FindLive(key, clock())?.ToCacheEntry(key);
    }

    public bool Exists(string key)
    {
        lock (Lock) return Table.FindLive(key, clock()) is not null;
    }

    /// <summary>Reads the table as it is, without what has expired.</summary>
    public T Read<T>(Func<EntryTable, T> read)
    {
        lock (Lock)
        {
            Table.RemoveExpired(clock());
            ReportRemoved();
            return read(Table);
        }
    }

    /// <summary>The table as it is, without what has expired, for a snapshot that is written while the table goes on.</summary>
    public KeptTable Keep() => Read(table => new KeptTable(table.KeepEntries(), table.KeepTombstones(), () =>
    {
        lock (Lock) table.ReleaseKept();
    }));

    /// <summary>Shows other entries from now on.</summary>
    /// <param name="load">Makes the table with them, given how many removals there were so far.</param>
    public void Replace(Func<long, EntryTable> load)
    {
        var replacement = load(Read(static table => table.RemovalCount));
        lock (Lock) Table = replacement;
    }

    /// <summary>Tells what a write has removed. Called with the lock held.</summary>
    public void ReportRemoved()
    {
        var (evicted, expired) = Table.Removed;
        if (evicted + expired == 0) return;
        onRemoved(evicted, expired);
        Table.Removed = default;
    }
}
