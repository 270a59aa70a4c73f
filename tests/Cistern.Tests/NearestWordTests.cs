namespace Cistern.Tests;

/// <summary>What is near enough to be suggested, and what is not.</summary>
public sealed class NearestWordTests
{
    [Theory]
    [InlineData("capcity", "capacity")]
    [InlineData("CAPACITY", "capacity")]
    [InlineData("capacityy", "capacity")]
    [InlineData("capXcXtX", "capacity")] // three edits, the most
    [InlineData("capXcXXX", null)] // four
    [InlineData("xxle", "file")] // half of its letters, the most
    [InlineData("xxxe", null)] // more than half
    [InlineData("kez", "key")] // one edit of three letters
    [InlineData("kxz", null)] // two
    [InlineData("T", "t")] // one letter is near only to itself
    [InlineData("x", null)]
    [InlineData("", null)]
    public void Find_AtTheBounds_IsNearOrNot(string word, string? nearest) => Assert.Equal(nearest, NearestWord.Find(word, ["capacity", "file", "key", "t"]));

    [Fact]
    public void Find_OfSeveralNearWords_TakesTheNearestAndOfEqualsTheFirst()
    {
        Assert.Equal("jsonl", NearestWord.Find("jsnl", ["json", "jsonl"]));
        Assert.Equal("max-sizer", NearestWord.Find("max-sizes", ["max-sizer", "max-size", "max-sized"]));
    }

    [Fact]
    public void Find_OfAKnownWordInAnotherCase_IsThatWordAsItIsKnown() => Assert.Equal("maxSize", NearestWord.Find("MAXSIZE", ["maxSize"]));

    [Fact]
    public void Find_AmongNone_IsNone() => Assert.Null(NearestWord.Find("word", []));

    [Fact]
    public void Find_OfAVeryLongWord_IsNone()
    {
        var name = new string('a', 64);
        Assert.Equal(name, NearestWord.Find(name, [name]));
        Assert.Null(NearestWord.Find(name + "a", [name]));
    }

    [Fact]
    public void Find_OfNull_IsRefused()
    {
        Assert.Throws<ArgumentNullException>("word", () => NearestWord.Find(null!, []));
        Assert.Throws<ArgumentNullException>("known", () => NearestWord.Find("", null!));
    }
}
