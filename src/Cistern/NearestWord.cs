namespace Cistern;

/// <summary>Finds what somebody probably meant to write: for errors about unknown options, keys, commands and schemes.</summary>
/// <remarks>
/// By edit distance (Levenshtein, 1966): letters put in, left out or replaced. A word is near with at most three edits, and at most half as
/// many as it has letters: beyond that a suggestion misleads more often than it helps. Case does not count.
/// </remarks>
public static class NearestWord
{
    private const int MostEdits = 3;

    // What is longer than any name is not compared: the work grows with its length, and it may be hostile.
    private const int MostLetters = 64;

    /// <summary>The known word that is nearest, the first of equally near ones; null when none is near.</summary>
    /// <param name="word">What was written. Of more than 64 letters it is near to nothing.</param>
    /// <param name="known">What could have been meant.</param>
    public static string? Find(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        if (word.Length > MostLetters) return null;
        var (nearest, edits) = known.Select(other => (other, Edits(word.ToLowerInvariant(), other.ToLowerInvariant()))).DefaultIfEmpty().MinBy(pair => pair.Item2);
        return nearest is not null && edits <= Math.Min(MostEdits, nearest.Length / 2) ? nearest : null;
    }

    /// <summary>The end of an error: the nearest word, or nothing.</summary>
    internal static string Suggest(string word, IEnumerable<string> known) => Find(word, known) is { } nearest ? $" Did you mean \"{nearest}\"?" : "";

    private static int Edits(string one, string other)
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
