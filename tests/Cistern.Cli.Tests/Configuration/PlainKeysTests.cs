using System.Text;

namespace Cistern.Cli.Tests.Configuration;

public sealed class PlainKeysTests
{
    [Theory]
    [InlineData("]")]
    [InlineData("  ] , \"more\": 1}")]
    [InlineData("\"a\"]", "a")]
    [InlineData(" \"a\" ,\r\n\t\"b\",\"\" ]}", "a", "b", "")]
    [InlineData("\"é😃\", \"]\", \", \"]", "é😃", "]", ", ")]
    public void Check_PlainArray_GivesItsKeysAndItsEnd(string json, params string[] keys)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var plain = PlainKeys.Check(bytes, CacheKey.MaxBytes);
        Assert.NotNull(plain);
        Assert.Equal(keys, plain);
        Assert.Equal(keys.Length, plain.Count);
        Assert.Equal((byte)']', bytes[plain.Length]);
    }

    [Fact]
    public void Keys_ThatRepeatAndEndAlike_AreEachThemselves()
    {
        string[] keys = [.. Enumerable.Range(0, 2000).SelectMany(i => new[] { $"{i % 50}:the same end", $"k{i}", $"{i % 7}", "é😃 the same end", "" })];
        var json = Encoding.UTF8.GetBytes(string.Join(",", keys.Select(key => $"\"{key}\"")) + "]");

        Assert.Equal(keys, PlainKeys.Check(json, CacheKey.MaxBytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"a\"")]
    [InlineData("\"a")]
    [InlineData("\"a\",]")]
    [InlineData("\"a\" \"b\"]")]
    [InlineData("\"a\\u0062\"]")]
    [InlineData("\"a\nb\"]")]
    [InlineData("1]")]
    [InlineData("null]")]
    [InlineData("\"a\", 1]")]
    [InlineData(",]")]
    public void Check_AnythingElse_IsLeftToTheJsonReader(string json) => Assert.Null(PlainKeys.Check(Encoding.UTF8.GetBytes(json), CacheKey.MaxBytes));

    [Fact]
    public void Check_KeyBeyondTheLimit_IsLeftToTheJsonReader()
    {
        Assert.NotNull(PlainKeys.Check("\"abc\"]"u8.ToArray(), 3));
        Assert.Null(PlainKeys.Check("\"abcd\"]"u8.ToArray(), 3));
    }
}
