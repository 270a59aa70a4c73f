using System.Text;

namespace Cistern.Tests;

public sealed class InMemorySourceTests
{
    private static InMemorySource Of(params (string Key, string Text)[] entries) =>
        InMemorySource.FromStrings(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Text)));

    [Fact]
    public async Task Pages_InTheOrderGiven()
    {
        Assert.Equal("b=1 a=2 c=3", await Of(("b", "1"), ("a", "2"), ("c", "3")).AllAsync());
    }

    [Fact]
    public async Task Duplicates_TheLastWinsInItsOwnPlace()
    {
        var source = Of(("a", "old"), ("b", "1"), ("a", "new"), ("c", "2"));

        Assert.Equal(3, source.Count);
        Assert.Equal("b=1 a=new c=2", await source.AllAsync());
        Assert.Equal("new", await source.TextAsync("a"));
        Assert.Equal("2", await source.TextAsync("c"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pages_OfAnySize_GiveEachEntryOnce(int pageSize)
    {
        var texts = Enumerable.Range(0, 7).Select(i => ($"k{i}", $"v{i}")).ToArray();

        Assert.Equal(string.Join(' ', texts.Select(pair => $"{pair.Item1}={pair.Item2}")), await Of(texts).AllAsync(pageSize));
    }

    [Fact]
    public async Task Empty_HasNothing()
    {
        var source = new InMemorySource([], "nothing");
        var page = await source.ReadPageAsync(SourcePosition.Start, 5, CancellationToken.None);

        Assert.Equal("nothing", source.Name);
        Assert.Equal(0, source.Count);
        Assert.Empty(page.Entries);
        Assert.Null(await source.TextAsync("a"));
    }

    [Fact]
    public async Task Entry_KeepsMetadataAndVersion()
    {
        var source = new InMemorySource([new SourceEntry("a", Encoding.UTF8.GetBytes("1")) { Metadata = SourceMetadata.Json, Version = 5 }]);
        var entry = await source.ReadAsync("a", CancellationToken.None);

        Assert.Equal(5, entry!.Value.Version);
        Assert.True(SourceMetadata.IsJson(entry.Value.Metadata));
        Assert.Equal("memory", source.Name);
    }

    [Fact]
    public async Task Page_OfNoEntries_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Of().ReadPageAsync(SourcePosition.Start, 0, CancellationToken.None));
    }
}
