namespace Cistern.Tests;

public sealed class OffsetIndexTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 64)]
    [InlineData(3, 1_000_000)]
    public async Task RandomFiles_ReadAsTheyDoInMemory(int seed, int runLength)
    {
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var keys = random.Next(1, 400);
            var lines = string.Concat(Enumerable.Range(0, random.Next(0, 1200)).Select(i => $"{{\"key\":\"k{random.Next(keys)}\",\"value\":{(random.Next(5) == 0 ? "null" : $"\"{i}\"")}}}\n"));
            var path = _folder.Write("s.jsonl", lines);

            // Hashes of a few bits make groups of equal ones that cross runs and blocks.
            var bits = random.Next(0, 12);
            var options = new JsonLinesSourceOptions { MaxMemoryBytes = 0, IndexRunLength = runLength, KeyHash = key => (ulong)key.GetHashCode() << 32 >> (64 - bits) << 20 };
            await using var held = await JsonLinesSource.OpenAsync(path);
            await using var indexed = await JsonLinesSource.OpenAsync(path, options);

            Assert.Equal(await held.AllAsync(7), await indexed.AllAsync(7));
            for (var i = 0; i <= keys; i++) Assert.Equal(await held.TextAsync($"k{i}"), await indexed.TextAsync($"k{i}"));
        }
    }

    [Fact]
    public async Task ManyEntries_AreAllFound()
    {
        const int Count = 20_000;
        var lines = string.Concat(Enumerable.Range(0, Count).Select(i => $"{{\"key\":\"k{i}\",\"value\":\"v{i}\"}}\n"));
        var options = new JsonLinesSourceOptions { MaxMemoryBytes = 0, IndexRunLength = 1000 };
        await using var source = await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", lines), options);

        for (var i = 0; i < Count; i++) Assert.Equal($"v{i}", await source.TextAsync($"k{i}"));
        Assert.Null(await source.TextAsync($"k{Count}"));
        Assert.Equal(Count, (await source.AllAsync(5000)).Split(' ').Length);
    }

    [Fact]
    public void SipHash_OfThePaper_IsMet()
    {
        // Appendix A of the paper: the key 00..0f, the message 00..0e.
        var hash = new SipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908);

        Assert.Equal(0xa129ca6149be45e5UL, hash.Compute(Enumerable.Range(0, 15).Select(i => (byte)i).ToArray()));
        Assert.Equal(0x726fdb47dd0e0e31UL, hash.Compute(ReadOnlySpan<byte>.Empty));
        Assert.NotEqual(SipHash.CreateRandom().Compute("a"), SipHash.CreateRandom().Compute("a"));
    }
}
