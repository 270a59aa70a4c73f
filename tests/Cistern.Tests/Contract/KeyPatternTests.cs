namespace Cistern.Tests.Contract;

/// <summary>Every construct of a key pattern, at its edges.</summary>
public sealed class KeyPatternTests
{
    [Theory]
    // Literals
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a", "", false)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "ab", false)]
    [InlineData("abc", "abcd", false)]
    [InlineData("abc", "ABC", false)]
    [InlineData("é", "e\u0301", false)]
    [InlineData("a\nb", "a\nb", true)]
    // Any run
    [InlineData("*", "", true)]
    [InlineData("*", "any/thing\n..", true)]
    [InlineData("**", "abc", true)]
    [InlineData("a*", "a", true)]
    [InlineData("a*", "ba", false)]
    [InlineData("*a", "aba", true)]
    [InlineData("*a", "ab", false)]
    [InlineData("a*b*c", "abbc", true)]
    [InlineData("a*b*c", "aXbYc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("*ab*ab*", "abab", true)]
    [InlineData("*ab*ab*", "aab", false)]
    [InlineData("a***b", "ab", true)]
    [InlineData("user:*:name", "user:1:2:name", true)]
    // Any one
    [InlineData("?", "a", true)]
    [InlineData("?", "", false)]
    [InlineData("?", "ab", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("?*", "", false)]
    [InlineData("?*", "a", true)]
    [InlineData("*?", "", false)]
    [InlineData("*??", "a", false)]
    [InlineData("*??", "abc", true)]
    [InlineData("?", "\U0001F600", true)]
    [InlineData("??", "\U0001F600", false)]
    [InlineData("a?b", "a\U0001F600b", true)]
    [InlineData("*?b", "\U0001F600\U0001F601b", true)]
    [InlineData("?", "\n", true)]
    // One of these
    [InlineData("[abc]", "b", true)]
    [InlineData("[abc]", "d", false)]
    [InlineData("[abc]", "", false)]
    [InlineData("[abc]", "ab", false)]
    [InlineData("[abc]", "B", false)]
    [InlineData("[aa]", "a", true)]
    [InlineData("x[ab]y", "xby", true)]
    [InlineData("*[ab]", "xya", true)]
    [InlineData("[\U0001F600]", "\U0001F600", true)]
    [InlineData("[\U0001F600]", "\U0001F601", false)]
    [InlineData("[*]", "*", true)]
    [InlineData("[*]", "a", false)]
    [InlineData("[?]", "?", true)]
    [InlineData("[?]", "a", false)]
    [InlineData("[[]", "[", true)]
    [InlineData("[a[]", "[", true)]
    // Ranges
    [InlineData("[a-c]", "a", true)]
    [InlineData("[a-c]", "c", true)]
    [InlineData("[a-c]", "d", false)]
    [InlineData("[a-c]", "-", false)]
    [InlineData("[a-a]", "a", true)]
    [InlineData("[a-cx-z]", "y", true)]
    [InlineData("[a-cx-z]", "m", false)]
    [InlineData("[a-c5]", "5", true)]
    [InlineData("[5a-c]", "b", true)]
    [InlineData("[\U0001F600-\U0001F610]", "\U0001F605", true)]
    [InlineData("[\U0001F600-\U0001F610]", "\U0001F611", false)]
    [InlineData("[a-\U0001F610]", "\uFFFD", true)]
    // A dash at either end
    [InlineData("[-a]", "-", true)]
    [InlineData("[-a]", "a", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[a-]", "a", true)]
    [InlineData("[a-]", "b", false)]
    [InlineData("[-]", "-", true)]
    [InlineData("[!-]", "-", false)]
    [InlineData("[!-]", "a", true)]
    [InlineData("[+--]", ",", true)]
    [InlineData("[a\\-c]", "b", false)]
    [InlineData("[a\\-c]", "-", true)]
    // None of these
    [InlineData("[!a]", "b", true)]
    [InlineData("[!a]", "a", false)]
    [InlineData("[!a]", "", false)]
    [InlineData("[^a]", "b", true)]
    [InlineData("[^a]", "a", false)]
    [InlineData("[!a-c]", "b", false)]
    [InlineData("[^a-cx]", "d", true)]
    [InlineData("[!a]", "\U0001F600", true)]
    [InlineData("[!!]", "!", false)]
    [InlineData("[^^]", "^", false)]
    [InlineData("[^!]", "!", false)]
    [InlineData("[a!]", "!", true)]
    [InlineData("[a^]", "^", true)]
    [InlineData("[\\!a]", "!", true)]
    [InlineData("[\\!a]", "b", false)]
    [InlineData("[\\^]", "^", true)]
    // A closing bracket
    [InlineData("]", "]", true)]
    [InlineData("a]b", "a]b", true)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("[\\]a]", "a", true)]
    [InlineData("[!\\]]", "]", false)]
    [InlineData("[A-\\]]", "[", true)]
    [InlineData("[a]]", "a]", true)]
    [InlineData("[a]]", "a", false)]
    // Escapes
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("\\?", "?", true)]
    [InlineData("\\?", "a", false)]
    [InlineData("\\[a]", "[a]", true)]
    [InlineData("\\[a]", "a", false)]
    [InlineData("\\\\", "\\", true)]
    [InlineData("\\\\*", "\\abc", true)]
    [InlineData("\\a", "a", true)]
    [InlineData("\\n", "n", true)]
    [InlineData("\\\U0001F600", "\U0001F600", true)]
    [InlineData("[\\\\]", "\\", true)]
    public void IsMatch_EachConstruct_DoesWhatItSays(string pattern, string key, bool matches) =>
        Assert.Equal((pattern, key, matches), (pattern, key, KeyPattern.Parse(pattern).IsMatch(key)));

    [Theory]
    [InlineData("[", "a bracket that is never closed; write \\[ for the character itself, at position 0 of 1")]
    [InlineData("ab[cd", "a bracket that is never closed; write \\[ for the character itself, at position 2 of 5")]
    [InlineData("[a-", "a bracket that is never closed; write \\[ for the character itself, at position 0 of 3")]
    [InlineData("[!", "a bracket that is never closed; write \\[ for the character itself, at position 0 of 2")]
    [InlineData("[a\\]", "a bracket that is never closed; write \\[ for the character itself, at position 0 of 4")]
    [InlineData("[]", "empty brackets, at position 0 of 2")]
    [InlineData("x[]a]", "empty brackets, at position 1 of 5")]
    [InlineData("[!]", "empty brackets, at position 0 of 3")]
    [InlineData("[^]", "empty brackets, at position 0 of 3")]
    [InlineData("[z-a]", "a range that runs backwards, z-a, at position 0 of 5")]
    [InlineData("\\", "an escape with nothing after it, at position 0 of 1")]
    [InlineData("abc\\", "an escape with nothing after it, at position 3 of 4")]
    [InlineData("[\\", "a lone surrogate, a NUL or an unfinished escape in brackets, at position 0 of 2")]
    [InlineData("[a-\\", "a lone surrogate, a NUL or an unfinished escape in brackets, at position 0 of 4")]
    [InlineData("[\0]", "a lone surrogate, a NUL or an unfinished escape in brackets, at position 0 of 3")]
    [InlineData("a\0", "NUL, which no key contains, at position 1 of 2")]
    [InlineData("a\\\0", "NUL, which no key contains, at position 1 of 3")]
    public void Parse_Malformed_SaysWhereAndWhy(string pattern, string reason)
    {
        var thrown = Assert.Throws<ArgumentException>(nameof(pattern), () => KeyPattern.Parse(pattern));
        Assert.StartsWith($"Malformed pattern: {reason}.", thrown.Message, StringComparison.Ordinal);
        Assert.False(KeyPattern.TryParse(pattern, out var parsed, out var said));
        Assert.Null(parsed);
        Assert.Equal($"Malformed pattern: {reason}.", said);
    }

    // Not in the table: a test's name in a report must be valid Unicode.
    [Fact]
    public void Parse_LoneSurrogate_SaysSo()
    {
        foreach (var (pattern, reason) in new[]
        {
            ("a\uD83D", "a lone surrogate, at position 1 of 2"),
            ("\uDE00", "a lone surrogate, at position 0 of 1"),
            ("\uD83Da", "a lone surrogate, at position 0 of 2"),
            ("a\\\uD83D", "a lone surrogate, at position 1 of 3"),
            ("[\uD83D]", "a lone surrogate, a NUL or an unfinished escape in brackets, at position 0 of 3"),
        })
        {
            Assert.False(KeyPattern.TryParse(pattern, out _, out var said));
            Assert.Equal($"Malformed pattern: {reason}.", said);
        }
    }

    [Fact]
    public void Arguments_Null_AreRefused()
    {
        Assert.Throws<ArgumentNullException>("pattern", () => KeyPattern.Parse(null!));
        Assert.Throws<ArgumentNullException>("text", () => KeyPattern.TryParse(null!, out _, out _));
        Assert.Throws<ArgumentNullException>("key", () => KeyPattern.Parse("*").IsMatch(null!));
        Assert.Throws<ArgumentNullException>("key", () => KeyPattern.Escape(null!));
    }

    [Theory]
    [InlineData("", "", true, false)]
    [InlineData("abc", "abc", true, false)]
    [InlineData("a\\*c", "a*c", true, false)]
    [InlineData("abc*", "abc", false, false)]
    [InlineData("abc?d", "abc", false, false)]
    [InlineData("ab[c]d", "ab", false, false)]
    [InlineData("*abc", "", false, false)]
    [InlineData("\U0001F600*", "\U0001F600", false, false)]
    [InlineData("*", "", false, true)]
    [InlineData("***", "", false, true)]
    [InlineData("*?", "", false, false)]
    [InlineData("\\*", "*", true, false)]
    public void Properties_OfAPattern_TellWhatABackendMayUse(string text, string prefix, bool isLiteral, bool matchesEverything)
    {
        Assert.True(KeyPattern.TryParse(text, out var pattern, out var reason));
        Assert.Null(reason);
        Assert.Equal((prefix, isLiteral, matchesEverything), (pattern.LiteralPrefix, pattern.IsLiteral, pattern.MatchesEverything));
        Assert.Equal((text, text), (pattern.Text, pattern.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("*?[]\\!^-")]
    [InlineData("[a-z]")]
    [InlineData("\\\\")]
    [InlineData("../etc\n\r\t")]
    [InlineData("\U0001F600*\u202E")]
    public void Escape_OfAnyKey_MatchesThatKeyAlone(string key)
    {
        var pattern = KeyPattern.Parse(KeyPattern.Escape(key));
        Assert.True(pattern.IsMatch(key));
        Assert.True(pattern.IsLiteral);
        Assert.Equal(key, pattern.LiteralPrefix);
        Assert.False(pattern.IsMatch(key + "x"));
    }
}
