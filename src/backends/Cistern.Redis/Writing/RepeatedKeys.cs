namespace Cistern;

/// <summary>Keys that a batch has more than once.</summary>
internal static class RepeatedKeys
{
    /// <summary>
    /// The places to write of a batch without conditions, in order: of two with one key only the later. Nobody could have seen the other, and a cluster that moves the key could not turn them round.
    /// </summary>
    /// <param name="drafts">The batch.</param>
    /// <param name="places">The places in it to choose from.</param>
    public static int[] LastOfEach(IReadOnlyList<EntryDraft> drafts, List<int> places)
    {
        var seen = new HashSet<string>(places.Count, StringComparer.Ordinal);
        var last = new List<int>(places.Count);
        for (var i = places.Count - 1; i >= 0; i--)
        {
            if (seen.Add(drafts[places[i]].Key)) last.Add(places[i]);
        }

        last.Reverse();
        return [.. last];
    }

    /// <summary>All places of a batch with conditions, by slots, those of one key side by side and in order: what becomes of one depends on those before it with its key, and on no others.</summary>
    /// <param name="drafts">The batch.</param>
    /// <param name="places">The places in it.</param>
    /// <param name="slotOf">The slot of a key; null: there is one server.</param>
    public static int[] SideBySide(IReadOnlyList<EntryDraft> drafts, List<int> places, Func<string, int>? slotOf)
    {
        var first = new Dictionary<string, int>(places.Count, StringComparer.Ordinal);
        foreach (var place in places) first.TryAdd(drafts[place].Key, place);
        if (slotOf is null && first.Count == places.Count) return [.. places];
        return [.. slotOf is null ? places.OrderBy(First) : places.OrderBy(place => slotOf(drafts[place].Key)).ThenBy(First)];

        int First(int place) => first[drafts[place].Key];
    }
}
