using System.Text;

namespace Cistern.Cli.Tests;

public sealed class SettingTextTests
{
    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("36500d", 3_153_600_000_000)]
    public void Duration_AsPeopleWriteIt_IsReadAndWrittenBack(string text, long milliseconds)
    {
        Assert.Equal(milliseconds, DurationText.Parse(text)!.Value.TotalMilliseconds);
        Assert.Equal(text, DurationText.Format(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("30")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1 h")]
    [InlineData("1S")]
    [InlineData("36501d")]
    [InlineData("99999999999999999999ms")]
    public void Duration_WrittenOtherwise_IsNone(string text) => Assert.Null(DurationText.Parse(text));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1000", 1000)]
    [InlineData("64KB", 65_536)]
    [InlineData("100MB", 104_857_600)]
    [InlineData("100mb", 104_857_600)]
    [InlineData("2GB", 2_147_483_648)]
    public void Size_AsPeopleWriteIt_IsRead(string text, long bytes) => Assert.Equal(bytes, ByteSizeText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("MB")]
    [InlineData("1.5MB")]
    [InlineData("-1KB")]
    [InlineData("1TB")]
    [InlineData("9223372036854775807GB")]
    public void Size_WrittenOtherwise_IsNone(string text) => Assert.Null(ByteSizeText.Parse(text));

    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(1, "1.0")]
    [InlineData(0.3333, "0.3333")]
    [InlineData(0.5, "0.5")]
    [InlineData(0.0001, "0.0001")]
    public void Rate_IsWrittenAsPythonDoes(double rate, string text) => Assert.Equal(text, JsonText.Rate(rate));

    [Fact]
    public void KeyTable_ManyKeysTwice_GivesEachOneString()
    {
        var table = new KeyTable();
        string[] keys = [.. Enumerable.Range(0, 5000).Select(i => $"key-{i}"), "", "é", "e\u0301", "ключ", "😃", new string('k', 70)];

        var first = keys.Select(key => table.Intern(Encoding.UTF8.GetBytes(key))).ToArray();

        Assert.Equal(keys, first);
        Assert.All(keys.Zip(first), pair => Assert.Same(pair.Second, table.Intern(Encoding.UTF8.GetBytes(pair.First))));
        Assert.All(keys, key => Assert.True(table.TryAddToSource(Encoding.UTF8.GetBytes(key), 0, out _)));
        Assert.All(keys, key => Assert.False(table.TryAddToSource(Encoding.UTF8.GetBytes(key), 0, out _)));
    }

    [Fact]
    public void KeyTable_IndexInSource_IsThatOfKeysWithAnEntry()
    {
        var table = new KeyTable();
        string[] keys = [.. Enumerable.Range(0, 3000).Select(i => $"key-{i}"), "", "ключ", new string('é', 500)];
        for (var i = 0; i < keys.Length; i++) Assert.True(table.TryAddToSource(Encoding.UTF8.GetBytes(keys[i]), i, out _));
        Assert.True(table.TryAddToSource("null"u8, null, out _));
        table.Intern("only looked up"u8);

        Assert.Equal(Enumerable.Range(0, keys.Length), keys.Select(table.IndexInSource));
        Assert.Equal([-1, -1, -1], new[] { "null", "only looked up", "unknown" }.Select(table.IndexInSource));
    }
}
