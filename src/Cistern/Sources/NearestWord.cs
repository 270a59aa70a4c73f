namespace Cistern;

/// <summary>Finds the word that was probably meant: the one with the least edit distance (Levenshtein), if that is small for its length.</summary>
internal static class NearestWord
{
    /// <summary>The end of an error: the nearest word, or none.</summary>
    public static string Suggest(string word, IEnumerable<string> known) => Find(word, known) is { } nearest ? $" Did you mean \"{nearest}\"?" : "";

    /// <summary>The nearest word; null when none is near. Case does not count.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        var (nearest, least) = known.Select(other => (other, Distance(word.ToLowerInvariant(), other))).DefaultIfEmpty().MinBy(pair => pair.Item2);
        return nearest is not null && least <= Math.Max(nearest.Length / 2, 1) ? nearest : null;
    }

    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
