using System.Text;

namespace Cistern.Tests;

/// <summary>The source in memory: its order, its pages, and what it does with duplicates.</summary>
public sealed class InMemorySourceTests
{
    private static SourceEntry Entry(string key, byte value) => new(key, new[] { value });

    private static async Task<List<SourceEntry>> PagesAsync(InMemorySource source, int maxEntries)
    {
        var entries = new List<SourceEntry>();
        var position = SourcePosition.Start;
        while (true)
        {
            var page = await source.ReadPageAsync(position, maxEntries, default);
            if (page.Entries.Count == 0) return entries;
            Assert.True(page.Entries.Count <= maxEntries);
            Assert.NotEqual(position, page.Next);
            entries.AddRange(page.Entries);
            position = page.Next;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(int.MaxValue)]
    public async Task ReadPage_OfAnySize_GivesEveryEntryOnceInOrder(int maxEntries)
    {
        var source = new InMemorySource("zyabc".Select((key, i) => Entry($"{key}", (byte)i)));
        var entries = await PagesAsync(source, maxEntries);
        Assert.Equal(["z", "y", "a", "b", "c"], entries.Select(entry => entry.Key));
        Assert.Equal([0, 1, 2, 3, 4], entries.Select(entry => entry.Value.Span[0]));
    }

    [Fact]
    public async Task Duplicates_TheLastWins_InItsOwnPlace()
    {
        var source = new InMemorySource([Entry("a", 1), Entry("b", 2), Entry("a", 3), Entry("c", 4), Entry("b", 5), Entry("d", 6), Entry("b", 7)]);
        Assert.Equal(4, source.Count);
        Assert.Equal("a3 c4 d6 b7", string.Join(' ', (await PagesAsync(source, 2)).Select(entry => $"{entry.Key}{entry.Value.Span[0]}")));
        foreach (var (key, value) in new[] { ("a", 3), ("b", 7), ("c", 4), ("d", 6) })
        {
            var entry = await source.ReadAsync(key, default);
            Assert.Equal((key, value), (entry!.Value.Key, entry.Value.Value.Span[0]));
        }
    }

    [Fact]
    public async Task Read_AKeyItDoesNotHave_IsNull()
    {
        var source = new InMemorySource([Entry("a", 1)]);
        Assert.Null(await source.ReadAsync("A", default));
        Assert.Null(await source.ReadAsync("", default));
        await Assert.ThrowsAsync<ArgumentNullException>("key", async () => await source.ReadAsync(null!, default));
    }

    [Fact]
    public async Task Empty_HasNothingToRead()
    {
        var source = new InMemorySource([]);
        Assert.Equal(("memory", 0), (source.Name, source.Count));
        Assert.Null(await source.ReadAsync("a", default));
        var page = await source.ReadPageAsync(SourcePosition.Start, 10, default);
        Assert.Empty(page.Entries);
        Assert.Empty((await source.ReadPageAsync(page.Next, 10, default)).Entries);
    }

    [Fact]
    public async Task ReadPage_AtTheEnd_StaysThere()
    {
        var source = new InMemorySource([Entry("a", 1)]);
        var end = (await source.ReadPageAsync(SourcePosition.Start, 10, default)).Next;
        var page = await source.ReadPageAsync(end, 10, default);
        Assert.Empty(page.Entries);
        Assert.Equal(end, page.Next);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("99999999999")]
    public async Task ReadPage_APositionThatIsNotItsOwn_IsRefused(string token)
    {
        var source = new InMemorySource([Entry("a", 1), Entry("b", 2)]);
        await Assert.ThrowsAsync<ArgumentException>("position", async () => await source.ReadPageAsync(new SourcePosition(token), 1, default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task ReadPage_OfNoEntries_IsRefused(int maxEntries) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(nameof(maxEntries), async () => await new InMemorySource([]).ReadPageAsync(SourcePosition.Start, maxEntries, default));

    [Fact]
    public async Task Cancelled_BeforeTheRead_Throws()
    {
        var source = new InMemorySource([Entry("a", 1)]);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadPageAsync(SourcePosition.Start, 1, cancelled));
    }

    [Fact]
    public async Task FromStrings_HoldsTextsAsUtf8InOrder()
    {
        var source = InMemorySource.FromStrings(new Dictionary<string, string> { ["b"] = "é\U0001F600", ["a"] = "" });
        Assert.Equal(["b", "a"], (await PagesAsync(source, 10)).Select(entry => entry.Key));
        Assert.Equal("é\U0001F600", Encoding.UTF8.GetString((await source.ReadAsync("b", default))!.Value.Value.Span));
        Assert.Equal(0, (await source.ReadAsync("a", default))!.Value.Value.Length);
    }

    [Fact]
    public async Task Entries_KeepMetadataAndVersion()
    {
        var metadata = new Dictionary<string, string> { ["m"] = "1" };
        var source = new InMemorySource([Entry("a", 1) with { Metadata = metadata, Version = 7 }, Entry("b", 1)], "catalogue");
        var entry = (await source.ReadAsync("a", default))!.Value;
        Assert.Equal((metadata, 7), (entry.Metadata, entry.Version!.Value));
        var plain = (await source.ReadAsync("b", default))!.Value;
        Assert.Null(plain.Metadata);
        Assert.Null(plain.Version);
        Assert.Equal("catalogue", source.Name);
    }

    [Fact]
    public void Arguments_Null_AreRefused()
    {
        Assert.Throws<ArgumentNullException>("entries", () => new InMemorySource(null!));
        Assert.Throws<ArgumentException>("name", () => new InMemorySource([], ""));
        Assert.Throws<ArgumentNullException>("texts", () => InMemorySource.FromStrings(null!));
    }

    [Fact]
    public void SourcePosition_Start_IsTheOneWithoutAToken()
    {
        Assert.Equal(new SourcePosition(null), SourcePosition.Start);
        Assert.Null(SourcePosition.Start.Token);
        Assert.NotEqual(new SourcePosition("1"), new SourcePosition("2"));
    }
}
