using System.Buffers;
using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: get, into an array and into a buffer; get entry; exists.</summary>
public abstract class LookupContract : BackendContract
{
    private protected LookupContract()
    {
    }

    [Fact]
    public async Task Get_NothingStored_IsAMiss() => Assert.Null(await Backend.GetAsync("key"));

    [Fact]
    public async Task Get_StoredEntry_IsItsValue()
    {
        await StoreAsync("key", "value");
        Assert.Equal("value", await TextAsync("key"));
    }

    [Fact]
    public async Task Get_AnotherKey_IsAMiss()
    {
        await StoreAsync("key", "value");
        Assert.Null(await Backend.GetAsync("ke"));
        Assert.Null(await Backend.GetAsync("key2"));
    }

    [Fact]
    public async Task Get_OverwrittenEntry_IsTheNewValue()
    {
        await StoreAsync("key", "a longer first value");
        await StoreAsync("key", "second");
        Assert.Equal("second", await TextAsync("key"));
    }

    [Fact]
    public async Task Get_Twice_IsTheSameBothTimes()
    {
        await StoreAsync("key", "value");
        Assert.Equal("value", await TextAsync("key"));
        Assert.Equal("value", await TextAsync("key"));
    }

    [Fact]
    public async Task TryGet_Hit_AppendsToWhatTheBufferHolds()
    {
        await StoreAsync("key", "value");
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("before,"u8);
        Assert.True(await Backend.TryGetAsync("key", buffer));
        Assert.True(await Backend.TryGetAsync("key", buffer));
        Assert.Equal("before,valuevalue"u8, buffer.WrittenSpan);
    }

    [Fact]
    public async Task TryGet_Miss_LeavesTheBufferUntouched()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Assert.False(await Backend.TryGetAsync("key", buffer));
        Assert.Equal(0, buffer.WrittenCount);
    }

    [Fact]
    public async Task TryGet_EmptyValue_IsAHit()
    {
        await StoreAsync("key", "");
        var buffer = new ArrayBufferWriter<byte>();
        Assert.True(await Backend.TryGetAsync("key", buffer));
        Assert.Equal(0, buffer.WrittenCount);
    }

    [Fact]
    public async Task GetEntry_NothingStored_IsNull() => Assert.Null(await Backend.GetEntryAsync("key"));

    [Fact]
    public async Task GetEntry_PlainEntry_HasOnlyWhatWasSet()
    {
        await StoreAsync("key", "value");
        var entry = await EntryAsync("key");
        Assert.Equal("key", entry.Key);
        Assert.Equal("value"u8, entry.Value.Span);
        Assert.Equal(5, entry.SizeBytes);
        Assert.Equal(StartedAt, entry.CreatedAt);
        Assert.Null(entry.ExpiresAt);
        Assert.Null(entry.AbsoluteExpiration);
        Assert.Null(entry.TimeToLiveRemaining(Clock.GetUtcNow()));
        Assert.Null(entry.Version);
        Assert.Empty(entry.Metadata);
        Assert.False(entry.IsExpired(DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task GetEntry_EntryWithEverything_HasEverything()
    {
        var options = SetOptions.IfNewer(7) with
        {
            TimeToLive = TimeSpan.FromSeconds(10),
            AbsoluteExpiration = StartedAt.AddSeconds(30),
            Metadata = new Dictionary<string, string> { ["type"] = "text" },
        };
        await StoreAsync("key", "value", options);
        Advance(4_000);
        var entry = await EntryAsync("key");
        Assert.Equal(StartedAt, entry.CreatedAt);
        Assert.Equal(StartedAt.AddSeconds(10), entry.ExpiresAt);
        Assert.Equal(StartedAt.AddSeconds(30), entry.AbsoluteExpiration);
        Assert.Equal(TimeSpan.FromSeconds(6), entry.TimeToLiveRemaining(Clock.GetUtcNow()));
        Assert.Equal(7, entry.Version);
        Assert.Equal("text", Assert.Contains("type", entry.Metadata));
    }

    [Fact]
    public async Task GetEntry_BetweenTwoMilliseconds_WasCreatedAtTheFirst()
    {
        Clock.Advance(TimeSpan.FromTicks(12 * TimeSpan.TicksPerMillisecond + 9_999));
        await StoreAsync("key");
        Assert.Equal(StartedAt.AddMilliseconds(12), (await EntryAsync("key")).CreatedAt);
    }

    [Fact]
    public async Task GetEntry_OverwrittenEntry_IsCreatedAnew()
    {
        await StoreAsync("key");
        Advance(250);
        await StoreAsync("key");
        Assert.Equal(StartedAt.AddMilliseconds(250), (await EntryAsync("key")).CreatedAt);
    }

    [Fact]
    public async Task GetEntry_LaterChange_DoesNotReachWhatWasRead()
    {
        await StoreAsync("key", "value");
        var entry = await EntryAsync("key");
        await StoreAsync("key", "other");
        await Backend.DeleteAsync("key");
        Assert.Equal("value"u8, entry.Value.Span);
    }

    [Fact]
    public async Task Exists_StoredEntry_IsTrueForThatKeyOnly()
    {
        await StoreAsync("key");
        Assert.True(await Backend.ExistsAsync("key"));
        Assert.False(await Backend.ExistsAsync("Key"));
        Assert.False(await Backend.ExistsAsync(""));
    }
}
