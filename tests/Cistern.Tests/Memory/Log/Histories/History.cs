namespace Cistern.Tests.Memory;

/// <summary>
/// Whether operations that overlapped could have happened one after another, each at a moment between its call and its return, with the same results
/// (Herlihy and Wing, 1990): a search over the orders that are left, which remembers what it has refused (Wing and Gong, 1993; Lowe, 2017).
/// </summary>
internal static class History
{
    public static bool IsLinearizable(IReadOnlyList<HistoryOperation> operations) => Goes(operations, 0, 0, []);

    private static bool Goes(IReadOnlyList<HistoryOperation> operations, ulong done, int value, HashSet<(ulong, int)> refused)
    {
        if (done == (1UL << operations.Count) - 1) return true;
        if (!refused.Add((done, value))) return false;

        // Whichever is next had begun before any that is left had ended.
        var firstEnd = operations.Where((_, i) => (done >> i & 1) == 0).Min(operation => operation.Ended);
        for (var i = 0; i < operations.Count; i++)
        {
            if ((done >> i & 1) == 1 || operations[i].Began > firstEnd) continue;
            if (operations[i].After(value) is { } after && Goes(operations, done | 1UL << i, after, refused)) return true;
        }

        return false;
    }
}
