namespace Cistern;

/// <summary>Keys that a batch without conditions has more than once.</summary>
internal static class RepeatedKeys
{
    /// <summary>
    /// The places to write, in order: of two with one key only the later. Nobody could have seen the other, and a cluster that moves the key could not turn them round.
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
}
