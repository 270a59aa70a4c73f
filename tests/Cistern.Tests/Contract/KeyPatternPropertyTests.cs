using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Cistern.Tests.Contract;

/// <summary>Key patterns against <see cref="NaiveGlob"/>, and the time they take at worst.</summary>
public sealed class KeyPatternPropertyTests
{
    private static readonly string[] KeyPieces = ["a", "b", "c", "-", "]", "*", "\U0001F600"];

    private static readonly string[] PatternPieces = [.. KeyPieces, "*", "*", "?", "?", "[ab]", "[!a]", "[a-c]", "[^\U0001F600]", "[-c]", "[\\]b]", "\\*", "\\a", "[", "!", "\\"];

    private static Gen<string> Text(string[] pieces, int length) =>
        from count in Gen.Choose(0, length) from chosen in Gen.Elements(pieces).ArrayOf(count) select string.Concat(chosen);

    [Fact]
    public void IsMatch_RandomPatternsAndKeys_AgreesWithANaiveMatcher()
    {
        int parsed = 0, matched = 0;
        var cases = Arb.From(from pattern in Text(PatternPieces, 8) from key in Text(KeyPieces, 8) select (pattern, key));
        var property = Prop.ForAll(cases, test =>
        {
            if (!KeyPattern.TryParse(test.pattern, out var pattern, out _)) return !NaiveGlob.IsWellFormed(test.pattern);
            var matches = pattern.IsMatch(test.key);
            parsed++;
            if (matches) matched++;
            return NaiveGlob.IsWellFormed(test.pattern)
                && matches == NaiveGlob.IsMatch(test.pattern, test.key)
                && (!matches || test.key.StartsWith(pattern.LiteralPrefix, StringComparison.Ordinal))
                && (!pattern.IsLiteral || matches == (test.key == pattern.LiteralPrefix))
                && (!pattern.MatchesEverything || matches);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithQuietOnSuccess(true), property);

        // Else the property would hold for want of cases.
        Assert.True(parsed > 5_000 && matched > 500, $"{parsed} parsed, {matched} matched");
    }

    [Fact]
    public void Escape_RandomKeys_MatchesOnlyEqualKeys()
    {
        var pairs = Arb.From(from key in Text(PatternPieces, 5) from other in Text(PatternPieces, 5) select (key, other));
        var property = Prop.ForAll(pairs, pair =>
        {
            var pattern = KeyPattern.Parse(KeyPattern.Escape(pair.key));
            return pattern.IsLiteral && pattern.IsMatch(pair.key) && pattern.IsMatch(pair.other) == (pair.key == pair.other);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithQuietOnSuccess(true), property);
    }

    // A matcher that tries every split of the key would need about 2000^20 steps for these; this one needs at most the product of the
    // lengths, 120,000. The limit only has to tell the two apart, on any machine.
    [Theory]
    [InlineData("*a", "b")]
    [InlineData("*?", "\U0001F600")]
    [InlineData("*[ab]", "[!a]")]
    [InlineData("a*", "*b")]
    public async Task IsMatch_ManyStarsThatNearlyMatch_IsQuick(string repeated, string end)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 20; i++) text.Append(repeated);
        var pattern = KeyPattern.Parse(text.Append(end).ToString());
        var key = new string('a', 2000);
        var match = Task.Run(() => Enumerable.Range(0, 10).Any(_ => pattern.IsMatch(key)));
        Assert.False(await match.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
