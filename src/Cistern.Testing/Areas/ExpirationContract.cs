using System.Buffers;
using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: an entry is live until the millisecond at which it expires, and not at it, whoever asks.</summary>
public abstract class ExpirationContract : MetadataContract
{
    private protected ExpirationContract()
    {
    }

    [Fact]
    public async Task Get_AtTheLastMillisecond_IsAHitAndThenAMiss()
    {
        await StoreExpiringAsync();
        Assert.Equal("value", await TextAsync("key"));
        Advance(1);
        Assert.Null(await Backend.GetAsync("key"));
    }

    [Fact]
    public async Task TryGet_AtTheLastMillisecond_IsAHitAndThenAMiss()
    {
        await StoreExpiringAsync();
        var buffer = new ArrayBufferWriter<byte>();
        Assert.True(await Backend.TryGetAsync("key", buffer));
        Advance(1);
        Assert.False(await Backend.TryGetAsync("key", buffer));
        Assert.Equal(5, buffer.WrittenCount);
    }

    [Fact]
    public async Task GetEntry_AtTheLastMillisecond_IsThereAndThenNull()
    {
        await StoreExpiringAsync();
        Assert.Equal(TimeSpan.FromMilliseconds(1), (await EntryAsync("key")).TimeToLiveRemaining(Clock.GetUtcNow()));
        Advance(1);
        Assert.Null(await Backend.GetEntryAsync("key"));
    }

    [Fact]
    public async Task Exists_AtTheLastMillisecond_IsTrueAndThenFalse()
    {
        await StoreExpiringAsync();
        Assert.True(await Backend.ExistsAsync("key"));
        Advance(1);
        Assert.False(await Backend.ExistsAsync("key"));
    }

    [Fact]
    public async Task GetMany_AtTheLastMillisecond_FindsItAndThenNot()
    {
        await StoreExpiringAsync();
        Assert.Equal(2, (await Backend.GetManyAsync(["key", "other"])).Count);
        Advance(1);
        Assert.Equal("other", Assert.Single(await Backend.GetManyAsync(["key", "other"])).Key);
    }

    [Fact]
    public async Task ExistsMany_AtTheLastMillisecond_FindsItAndThenNot()
    {
        await StoreExpiringAsync();
        Assert.Equal(2, (await Backend.ExistsManyAsync(["key", "other"])).Count);
        Advance(1);
        Assert.Equal("other", Assert.Single(await Backend.ExistsManyAsync(["key", "other"])));
    }

    [Fact]
    public async Task Keys_AtTheLastMillisecond_ListItAndThenNot()
    {
        await StoreExpiringAsync();
        Assert.Equal(["key", "other"], await KeysAsync());
        Advance(1);
        Assert.Equal(["other"], await KeysAsync());
        Assert.Empty(await KeysAsync("key"));
    }

    [Fact]
    public async Task Delete_ExpiredEntry_IsFalse()
    {
        await StoreExpiringAsync();
        Advance(1);
        Assert.False(await Backend.DeleteAsync("key"));
    }

    [Fact]
    public async Task DeleteMany_ExpiredEntry_IsNotCounted()
    {
        await StoreExpiringAsync();
        Advance(1);
        Assert.Equal(1, await Backend.DeleteManyAsync(["key", "other"]));
    }

    [Fact]
    public async Task Clear_ExpiredEntry_IsNotCounted()
    {
        await StoreExpiringAsync();
        Advance(1);
        Assert.Equal(1, await ClearAsync());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9_999, 1)]
    [InlineData(10_000, 1)]
    [InlineData(10_001, 2)]
    [InlineData(15_000, 2)]
    public async Task TimeToLive_PartsOfAMillisecond_RoundUp(long ticks, int milliseconds)
    {
        await StoreAsync("key", "value", new SetOptions { TimeToLive = TimeSpan.FromTicks(ticks) });
        Assert.Equal(StartedAt.AddMilliseconds(milliseconds), (await EntryAsync("key")).ExpiresAt);
        Advance(milliseconds - 1);
        Assert.True(await Backend.ExistsAsync("key"));
        Advance(1);
        Assert.False(await Backend.ExistsAsync("key"));
    }

    [Fact]
    public async Task TimeToLive_TheLongest_OutlivesEveryone()
    {
        await StoreAsync("key", "value", new SetOptions { TimeToLive = TimeSpan.MaxValue });
        Clock.Advance(TimeSpan.FromDays(365 * 5_000));
        Assert.Equal("value", await TextAsync("key"));
        Assert.NotNull((await EntryAsync("key")).ExpiresAt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task TimeToLive_NotGreaterThanZero_ThrowsAndChangesNothing(long ticks)
    {
        await StoreAsync("key", "kept");
        var options = new SetOptions { TimeToLive = TimeSpan.FromTicks(ticks) };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SetAsync("key", "other", options));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Backend.SetAsync("key", Segments.Of(Bytes("other")), options).AsTask());
        Assert.Equal("kept", await TextAsync("key"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-86_400_000)]
    [InlineData(0.5)]
    public async Task AbsoluteExpiration_NotInTheFuture_ThrowsAndChangesNothing(double milliseconds)
    {
        await StoreAsync("key", "kept");
        var options = new SetOptions { AbsoluteExpiration = StartedAt + TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond)) };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SetAsync("key", "other", options));
        Assert.Equal("kept", await TextAsync("key"));
    }

    [Theory]
    [InlineData(null, 5, 5)]
    [InlineData(3, 5, 3)]
    [InlineData(9, 5, 5)]
    [InlineData(5, 5, 5)]
    public async Task AbsoluteExpiration_BesideATtl_TheEarlierEndsIt(int? timeToLive, int absolute, int end)
    {
        await StoreAsync("key", "value", new SetOptions
        {
            TimeToLive = timeToLive is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            AbsoluteExpiration = StartedAt.AddMilliseconds(absolute).ToOffset(TimeSpan.FromHours(5)),
        });
        var entry = await EntryAsync("key");
        Assert.Equal(StartedAt.AddMilliseconds(end), entry.ExpiresAt);
        Assert.Equal(StartedAt.AddMilliseconds(absolute), entry.AbsoluteExpiration);
        Advance(end - 1);
        Assert.True(await Backend.ExistsAsync("key"));
        Advance(1);
        Assert.False(await Backend.ExistsAsync("key"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.5)]
    public async Task ExpiresAt_NotInTheFuture_ThrowsAndChangesNothing(double milliseconds)
    {
        await StoreAsync("key", "kept");
        var options = new SetOptions { ExpiresAt = StartedAt + TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond)) };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SetAsync("key", "other", options));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Backend.SetManyAsync([new SetRequest("key", Bytes("other"), options)]).AsTask());
        Assert.Equal("kept", await TextAsync("key"));
    }

    [Theory]
    [InlineData(null, null, 5)]
    [InlineData(3, null, 3)]
    [InlineData(9, null, 5)]
    [InlineData(null, 4, 4)]
    [InlineData(null, 9, 5)]
    public async Task ExpiresAt_BesideOtherEnds_TheEarliestEndsIt(int? timeToLive, int? absolute, int end)
    {
        await StoreAsync("key", "value", new SetOptions
        {
            TimeToLive = timeToLive is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            ExpiresAt = StartedAt.AddMilliseconds(5).ToOffset(TimeSpan.FromHours(-5)),
            AbsoluteExpiration = absolute is { } limit ? StartedAt.AddMilliseconds(limit) : null,
        });
        var entry = await EntryAsync("key");
        Assert.Equal(StartedAt.AddMilliseconds(end), entry.ExpiresAt);
        Assert.Equal(absolute is { } last ? StartedAt.AddMilliseconds(last) : null, entry.AbsoluteExpiration);
        Advance(end - 1);
        Assert.True(await Backend.ExistsAsync("key"));
        Advance(1);
        Assert.False(await Backend.ExistsAsync("key"));
    }

    [Fact]
    public async Task ExpiresAt_WhenTouched_IsMoved()
    {
        await StoreAsync("key", "value", new SetOptions { ExpiresAt = StartedAt.AddMilliseconds(5) });
        Assert.True(await Backend.TouchAsync("key", TimeSpan.FromMilliseconds(20)));
        Assert.Equal(StartedAt.AddMilliseconds(20), (await EntryAsync("key")).ExpiresAt);
    }

    private async Task StoreExpiringAsync()
    {
        await StoreAsync("key", "value", Lasting(1_000));
        await StoreAsync("other", "value");
        Advance(999);
    }
}
