using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>Entries that end: when they do, and what may happen between a plan and its doing.</summary>
public sealed class EndTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Touch_AgainAndAgain_EndsWhenTheLastOneSays()
    {
        using var backend = Open();
        for (var i = 0; i < 5; i++) await backend.SetAsync("key" + i, "1"u8.ToArray(), TimeSpan.FromMinutes(1));
        for (var i = 0; i < 500; i++) Assert.True(await backend.TouchAsync("key" + (i % 4), TimeSpan.FromMinutes(i < 250 ? 1 : 2)));
        Assert.True(await backend.TouchAsync("key3", null));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(4, (await backend.GetStatsAsync()).CurrentEntries);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["key3"], backend.KeysAsync().ToBlockingEnumerable());
        Assert.Equal(4, (await backend.GetStatsAsync()).Expirations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reopened_ATouchedEntryPastItsFirstEnd_IsThere(bool isFolded)
    {
        using (var backend = Open())
        {
            await backend.SetAsync("key", "1"u8.ToArray(), TimeSpan.FromMinutes(1));
            await backend.SetAsync("twice", "2"u8.ToArray(), TimeSpan.FromHours(1));
            await backend.SetAsync("gone", "3"u8.ToArray(), TimeSpan.FromMinutes(1));
            if (isFolded) backend.Compact();
            _clock.Advance(TimeSpan.FromSeconds(30));
            Assert.True(await backend.TouchAsync("key", TimeSpan.FromHours(1)));
            Assert.True(await backend.TouchAsync("twice", TimeSpan.FromMinutes(1)));
            await backend.SetAsync("other", "4"u8.ToArray());
            Assert.True(await backend.TouchAsync("twice", TimeSpan.FromHours(1)));
            Assert.True(await backend.TouchAsync("gone", TimeSpan.FromHours(1)));
            Assert.True(await backend.DeleteAsync("gone"));
            backend.Abandon();
        }

        _clock.Advance(TimeSpan.FromMinutes(5));
        using var reopened = Open();
        Assert.Equal(["key", "other", "twice"], reopened.KeysAsync().ToBlockingEnumerable().Order(StringComparer.Ordinal));
        Assert.Equal(TimeSpan.FromMinutes(55), (await reopened.GetEntryAsync("key"))!.TimeToLiveRemaining(_clock.GetUtcNow()));
        Assert.Empty(reopened.Findings);
    }

    [Fact]
    public async Task Touch_TheEntryExpiresWhileItIsWritten_IsDoneAllTheSame()
    {
        var calls = new FaultyCalls();
        using var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { TimeProvider = _clock, Durability = FileDurability.Power }, new StoreEnvironment { Calls = calls });
        await backend.SetAsync("key", "1"u8.ToArray(), TimeSpan.FromMinutes(1));
        calls.Fails = (_, name) =>
        {
            if (name != "fsync") return false;
            _clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(0, backend.GetStatsAsync().AsTask().GetAwaiter().GetResult().CurrentEntries);
            return false;
        };
        Assert.True(await backend.TouchAsync("key", TimeSpan.FromHours(1)));
        calls.Fails = null;
        Assert.Equal("1"u8.ToArray(), await backend.GetAsync("key"));
    }

    [Fact]
    public async Task Tombstones_ThatHaveEnded_TakeNoRoom()
    {
        using var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { TimeProvider = _clock, MaxMemoryBytes = 8000 });
        for (var i = 0; i < 20; i++) await backend.DeleteAsync("gone" + i, version: 1);
        var value = new byte[6600];
        Assert.Equal(SetOutcome.TooLarge, backend.Set("large", value));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(SetOutcome.Stored, backend.Set("large", value));
    }

    private FileBackend Open() => FileBackend.Open(_folder.Cache, new FileBackendOptions { TimeProvider = _clock });
}
