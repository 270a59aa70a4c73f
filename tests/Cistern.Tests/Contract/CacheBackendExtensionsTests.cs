using Cistern.Testing;

namespace Cistern.Tests.Contract;

public sealed class CacheBackendExtensionsTests
{
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("é\U0001F600\0\n")]
    public async Task Strings_SetAndGet_ComeBackAsTheyWere(string text)
    {
        await using var backend = new InMemoryBackend();
        Assert.Equal(SetOutcome.Stored, await backend.SetStringAsync("k", text));
        Assert.Equal(text, await backend.GetStringAsync("k"));
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(text), await backend.GetAsync("k"));
    }

    [Fact]
    public async Task GetString_Missing_IsNullAndCounts()
    {
        await using var backend = new InMemoryBackend();
        Assert.Null(await backend.GetStringAsync("k"));
        Assert.Equal(1, (await backend.GetStatsAsync()).Misses);
    }

    [Fact]
    public async Task SetString_LoneSurrogate_IsReplaced()
    {
        await using var backend = new InMemoryBackend();
        await backend.SetStringAsync("k", "a\uD800b");
        Assert.Equal("a\uFFFDb", await backend.GetStringAsync("k"));
    }

    [Fact]
    public async Task SetString_WithOptions_HandsThemOn()
    {
        await using var backend = new InMemoryBackend();
        await backend.SetStringAsync("k", "first", SetOptions.IfNewer(2));
        Assert.Equal(SetOutcome.Superseded, await backend.SetStringAsync("k", "second", SetOptions.IfNewer(1)));
        Assert.Equal("first", await backend.GetStringAsync("k"));
    }

    [Fact]
    public async Task Set_WithATtl_ExpiresByIt()
    {
        await using var backend = new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = _clock });
        await backend.SetAsync("k", new byte[1], TimeSpan.FromSeconds(3));
        Assert.Equal(_clock.GetUtcNow().AddSeconds(3), (await backend.GetEntryAsync("k"))!.ExpiresAt);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await backend.SetAsync("k", new byte[1], TimeSpan.Zero));
    }

    [Fact]
    public async Task Arguments_Null_AreRefused()
    {
        await using var backend = new InMemoryBackend();
        await Assert.ThrowsAsync<ArgumentNullException>("backend", async () => await ((CacheBackend)null!).SetAsync("k", new byte[1], TimeSpan.FromSeconds(1)));
        await Assert.ThrowsAsync<ArgumentNullException>("backend", async () => await ((CacheBackend)null!).SetStringAsync("k", ""));
        await Assert.ThrowsAsync<ArgumentNullException>("backend", async () => await ((CacheBackend)null!).GetStringAsync("k"));
        await Assert.ThrowsAsync<ArgumentNullException>("text", async () => await backend.SetStringAsync("k", null!));
    }

    [Fact]
    public async Task Cancelled_BeforeTheCall_ThrowsAndDoesNothing()
    {
        await using var backend = new InMemoryBackend();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await backend.SetStringAsync("k", "v", cancellationToken: cancelled));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await backend.SetAsync("k", new byte[1], TimeSpan.FromSeconds(1), cancelled));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await backend.GetStringAsync("k", cancelled));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((0L, 0, 0), (stats.CurrentEntries, stats.Sets, stats.Total));
    }
}
