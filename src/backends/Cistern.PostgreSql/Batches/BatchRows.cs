using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Cistern;

/// <summary>Makes the rows of a batch, in the order of their hashes, those of one key by their places. Of many, whatever processors are free hash a share: a hash costs the client as much as all else does.</summary>
internal static class BatchRows
{
    private const int ShareRows = 2_048;

    /// <summary>Makes the rows.</summary>
    /// <param name="drafts">The entries.</param>
    /// <param name="outcomes">One per entry; those that are too large are passed over.</param>
    public static EncodedRow[] Of(IReadOnlyList<EntryDraft> drafts, SetOutcome[] outcomes)
    {
        var rows = new EncodedRow[outcomes.Length];
        if (rows.Length < 2 * ShareRows) Encode(drafts, outcomes, rows, 0, rows.Length);
        else EncodeShares(drafts, outcomes, rows);
        var count = 0;
        for (var place = 0; place < rows.Length; place++)
        {
            if (outcomes[place] != SetOutcome.TooLarge) rows[count++] = rows[place];
        }

        Array.Resize(ref rows, count);
        Sort(rows);
        return rows;
    }

    // The values are the caller's until this returns, so it waits for all shares, whatever becomes of one.
    private static void EncodeShares(IReadOnlyList<EntryDraft> drafts, SetOutcome[] outcomes, EncodedRow[] rows)
    {
        try
        {
            Parallel.ForEach(Partitioner.Create(0, rows.Length, ShareRows), share => Encode(drafts, outcomes, rows, share.Item1, share.Item2));
        }
        catch (AggregateException faults)
        {
            ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }
    }

    private static void Encode(IReadOnlyList<EntryDraft> drafts, SetOutcome[] outcomes, EncodedRow[] rows, int from, int to)
    {
        var encoder = new RowEncoder();
        for (var place = from; place < to; place++)
        {
            if (outcomes[place] != SetOutcome.TooLarge) rows[place] = encoder.Write(drafts[place], place);
        }
    }

    // By a number each first, which is several times as fast as by the hashes; then those that it leaves equal.
    private static void Sort(EncodedRow[] rows)
    {
        var starts = Array.ConvertAll(rows, row => row.HashStart);
        Array.Sort(starts, rows);
        for (var from = 0; from < rows.Length;)
        {
            var to = from + 1;
            while (to < rows.Length && starts[to] == starts[from]) to++;
            if (to - from > 1) rows.AsSpan(from, to - from).Sort(EncodedRow.Compare);
            from = to;
        }
    }
}
