namespace Cistern.Cli;

/// <summary>Finds what somebody probably meant to type.</summary>
internal static class NearestName
{
    private const int MostEdits = 3;

    /// <summary>The name with the fewest edits to what was typed; null when none is near.</summary>
    public static string? Of(string typed, IEnumerable<string> names)
    {
        if (typed.Length > 64) return null;
        var nearest = names.Select(name => (Name: name, Edits: Edits(typed.ToLowerInvariant(), name))).MinBy(candidate => candidate.Edits);
        return nearest.Name is not null && nearest.Edits <= Math.Min(MostEdits, Math.Max(1, nearest.Name.Length / 2)) ? nearest.Name : null;
    }

    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[to.Length];
    }
}
