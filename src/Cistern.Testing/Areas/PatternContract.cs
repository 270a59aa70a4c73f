using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: a listing's glob means the same on every backend.</summary>
public abstract class PatternContract : BatchContract
{
    private static readonly string[] Keys =
    [
        "", "a", "A", "b", "ab", "abc", "a*", "a?", "[a]", "a/b", "a/b/c", "a\\b", "a\nb", "user:1", "user:2", "user:10", "User:1", "%", "_", "-", "]", "^", "!",
        "\u00e9", "e\u0301", "\ud83d\ude00", "\ud83d\ude00\ud83d\ude01", "\u4e2d", "\uffff",
    ];

    private protected PatternContract()
    {
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("A", "A")]
    [InlineData("", "")]
    [InlineData("missing")]
    [InlineData("user:*", "user:1", "user:10", "user:2")]
    [InlineData("user:?", "user:1", "user:2")]
    [InlineData("?ser:1", "User:1", "user:1")]
    [InlineData("[Uu]ser:1", "User:1", "user:1")]
    [InlineData("*:1", "User:1", "user:1")]
    [InlineData("*:1*", "User:1", "user:1", "user:10")]
    [InlineData("*1*0*", "user:10")]
    [InlineData("a*", "a", "a\nb", "a*", "a/b", "a/b/c", "a?", "a\\b", "ab", "abc")]
    [InlineData("a?b", "a\nb", "a/b", "a\\b")]
    [InlineData("a*c", "a/b/c", "abc")]
    [InlineData("a\\*", "a*")]
    [InlineData("a\\?", "a?")]
    [InlineData("\\[a\\]", "[a]")]
    [InlineData("[[]a]", "[a]")]
    [InlineData("a\\\\b", "a\\b")]
    [InlineData("\\a", "a")]
    [InlineData("[ab]", "a", "b")]
    [InlineData("[a-c]", "a", "b")]
    [InlineData("[a-cA]", "A", "a", "b")]
    [InlineData("[-a]", "-", "a")]
    [InlineData("[a-]", "-", "a")]
    [InlineData("[\\]a]", "]", "a")]
    [InlineData("[\\^a]", "^", "a")]
    [InlineData("[a^!]", "!", "^", "a")]
    [InlineData("[!aA-Z%_^!\\]-]", "b", "\u00e9", "\u4e2d", "\uffff", "\ud83d\ude00")]
    [InlineData("[^aA-Z%_^!\\]-]", "b", "\u00e9", "\u4e2d", "\uffff", "\ud83d\ude00")]
    [InlineData("%", "%")]
    [InlineData("_", "_")]
    [InlineData("[%-A]", "%", "-", "A")]
    [InlineData("??", "a*", "a?", "ab", "e\u0301", "\ud83d\ude00\ud83d\ude01")]
    [InlineData("\u00e9", "\u00e9")]
    [InlineData("e?", "e\u0301")]
    [InlineData("[\u4e00-\u9fff]", "\u4e2d")]
    [InlineData("[\ud83d\ude00-\ud83d\ude02]", "\ud83d\ude00")]
    [InlineData("\ud83d\ude00?", "\ud83d\ude00\ud83d\ude01")]
    public async Task Keys_Pattern_ListsWhatMatches(string pattern, params string[] expected)
    {
        await StoreKeysAsync();
        Assert.Equal(expected.Order(StringComparer.Ordinal), await KeysAsync(pattern));
    }

    [Fact]
    public async Task Keys_QuestionMark_IsOneScalarNotOneUtf16Unit()
    {
        await StoreKeysAsync();
        var found = await KeysAsync("?");
        Assert.Contains("\ud83d\ude00", found);
        Assert.Contains("\u4e2d", found);
        Assert.DoesNotContain("\ud83d\ude00\ud83d\ude01", found);
        Assert.DoesNotContain("e\u0301", found);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("**")]
    [InlineData("***")]
    public async Task Keys_OnlyStars_ListEverything(string pattern)
    {
        await StoreKeysAsync();
        Assert.Equal(Keys.Order(StringComparer.Ordinal), await KeysAsync(pattern));
    }

    [Fact]
    public async Task Keys_NoPattern_ListsEverything()
    {
        await StoreKeysAsync();
        var found = new HashSet<string>();
        await foreach (var key in Listing()) found.Add(key);
        Assert.Equal(Keys.ToHashSet(), found);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("a[")]
    [InlineData("[a")]
    [InlineData("[a-")]
    [InlineData("[]")]
    [InlineData("[!]")]
    [InlineData("[^]")]
    [InlineData("[b-a]")]
    [InlineData("\\")]
    [InlineData("a\\")]
    [InlineData("[a\\")]
    [InlineData("[\\]")]
    [InlineData("a\0")]
    public async Task Keys_MalformedPattern_Throws(string pattern)
    {
        await StoreAsync("a");
        await Assert.ThrowsAnyAsync<ArgumentException>(() => KeysAsync(pattern));
    }

    [Fact]
    public async Task Keys_LoneSurrogateInThePattern_Throws() => await Assert.ThrowsAnyAsync<ArgumentException>(() => KeysAsync('\ud83d'.ToString()));

    [Fact]
    public async Task Keys_PatternMadeToBeSlow_IsNot()
    {
        await StoreAsync(new string('a', 2_000));
        Assert.Empty(await KeysAsync(string.Concat(Enumerable.Repeat("*a", 30)) + "*b"));
    }

    private async Task StoreKeysAsync()
    {
        foreach (var key in Keys) await StoreAsync(key);
    }
}
