namespace Cistern;

/// <summary>The entries of a file, held in memory.</summary>
/// <param name="entries">The entries, without duplicates.</param>
/// <param name="records">The record from which each entry came; null: each record gave an entry.</param>
internal sealed class HeldEntries(InMemorySource entries, long[]? records) : FileEntries
{
    public override ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken) => entries.ReadAsync(key, cancellationToken);

    public override async ValueTask<SourcePage> ReadPageAsync(long firstRecord, int maxEntries, CancellationToken cancellationToken)
    {
        var first = Math.Min(IndexOf(firstRecord), entries.Count);
        var page = await entries.ReadPageAsync(RecordNumber.ToPosition(first), maxEntries, cancellationToken).ConfigureAwait(false);
        var end = first + page.Entries.Count;
        var next = page.Entries.Count == 0 ? firstRecord : records is null ? end : records[end - 1] + 1;
        return page with { Next = RecordNumber.ToPosition(next) };
    }

    public override void Dispose()
    {
    }

    private long IndexOf(long record)
    {
        if (records is null) return record;
        var index = Array.BinarySearch(records, record);
        return index < 0 ? ~index : index;
    }
}
