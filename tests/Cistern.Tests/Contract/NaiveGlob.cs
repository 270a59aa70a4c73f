using System.Text;

namespace Cistern.Tests.Contract;

/// <summary>The rules of a key pattern written down as plainly as possible: by recursion over the text, without tokens and without care for time.</summary>
internal static class NaiveGlob
{
    public static bool IsMatch(string pattern, string key) => IsMatch([.. pattern.EnumerateRunes()], [.. key.EnumerateRunes()]);

    public static bool IsWellFormed(string pattern)
    {
        var rest = pattern.EnumerateRunes().ToArray().AsSpan();
        while (!rest.IsEmpty)
        {
            var length = Length(rest);
            if (length < 0) return false;
            rest = rest[length..];
        }

        return true;
    }

    private static bool IsMatch(ReadOnlySpan<Rune> pattern, ReadOnlySpan<Rune> key)
    {
        if (pattern.IsEmpty) return key.IsEmpty;
        if (pattern[0].Value == '*') return IsMatch(pattern[1..], key) || (!key.IsEmpty && IsMatch(pattern, key[1..]));
        var length = Length(pattern);
        return !key.IsEmpty && Accepts(pattern[..length], key[0]) && IsMatch(pattern[length..], key[1..]);
    }

    // How many scalars the construct at the start takes; -1: it is malformed.
    private static int Length(ReadOnlySpan<Rune> pattern)
    {
        switch (pattern[0].Value)
        {
            case '\\':
                return pattern.Length > 1 ? 2 : -1;
            case '[':
                var start = pattern.Length > 1 && pattern[1].Value is '!' or '^' ? 2 : 1;
                for (var i = start; i < pattern.Length; i++)
                {
                    if (pattern[i].Value == '\\') i++;
                    else if (pattern[i].Value == ']') return i > start && Members(pattern[start..i]).All(range => range.First <= range.Last) ? i + 1 : -1;
                }

                return -1;
            default:
                return 1;
        }
    }

    private static bool Accepts(ReadOnlySpan<Rune> construct, Rune scalar)
    {
        switch (construct[0].Value)
        {
            case '?':
                return true;
            case '\\':
                return construct[1] == scalar;
            case '[':
                var negated = construct[1].Value is '!' or '^';
                return Members(construct[(negated ? 2 : 1)..^1]).Any(range => range.First <= scalar && scalar <= range.Last) != negated;
            default:
                return construct[0] == scalar;
        }
    }

    private static List<(Rune First, Rune Last)> Members(ReadOnlySpan<Rune> inside)
    {
        var members = new List<(Rune Scalar, bool IsDash)>();
        for (var i = 0; i < inside.Length; i++)
        {
            var escaped = inside[i].Value == '\\';
            if (escaped) i++;
            members.Add((inside[i], !escaped && inside[i].Value == '-'));
        }

        var ranges = new List<(Rune First, Rune Last)>();
        for (var i = 0; i < members.Count; i++)
        {
            var isRange = i + 2 < members.Count && members[i + 1].IsDash;
            ranges.Add((members[i].Scalar, members[isRange ? i + 2 : i].Scalar));
            if (isRange) i += 2;
        }

        return ranges;
    }
}
