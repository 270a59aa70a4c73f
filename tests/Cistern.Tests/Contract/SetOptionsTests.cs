using System.Buffers;
using Cistern.Testing;

namespace Cistern.Tests.Contract;

/// <summary>How values are set: the options, the requests of a batch, and what of them is refused.</summary>
public sealed class SetOptionsTests
{
    private readonly ManualTimeProvider _clock = new();

    private InMemoryBackend Create() => new(new InMemoryBackendOptions { TimeProvider = _clock, Eviction = EvictionMode.Lru });

    [Fact]
    public void Default_IsAlwaysAndNothingElse()
    {
        Assert.Equal(new SetOptions(), SetOptions.Default);
        var options = SetOptions.Default;
        Assert.Equal((null, null, null, SetCondition.Always, null), (options.TimeToLive, options.AbsoluteExpiration, options.Metadata, options.Condition, options.Version));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(long.MinValue)]
    [InlineData(638993664000000001L)]
    public void IfNewer_OfAVersion_NamesConditionAndVersion(long version) =>
        Assert.Equal(new SetOptions { Condition = SetCondition.IfNewer, Version = version }, SetOptions.IfNewer(version));

    [Fact]
    public void SetRequest_Defaults_HaveNoOptions()
    {
        var request = new SetRequest("k", new byte[] { 1 });
        Assert.Equal(("k", 1, null), (request.Key, request.Value.Length, request.Options));
        Assert.Equal(SetOptions.Default, (request with { Options = SetOptions.Default }).Options);
    }

    public static TheoryData<string, SetOptions> OutOfRange() => new()
    {
        { "TTL zero", new SetOptions { TimeToLive = TimeSpan.Zero } },
        { "TTL negative", new SetOptions { TimeToLive = TimeSpan.FromTicks(-1) } },
        { "end now", new SetOptions { AbsoluteExpiration = new ManualTimeProvider().GetUtcNow() } },
        { "end within this millisecond", new SetOptions { AbsoluteExpiration = new ManualTimeProvider().GetUtcNow().AddTicks(9_999) } },
        { "instant now", new SetOptions { ExpiresAt = new ManualTimeProvider().GetUtcNow() } },
        { "instant in the past", new SetOptions { ExpiresAt = DateTimeOffset.MinValue } },
        { "end in the past", new SetOptions { AbsoluteExpiration = DateTimeOffset.MinValue } },
        { "unknown condition", new SetOptions { Condition = (SetCondition)3 } },
        { "negative condition", new SetOptions { Condition = (SetCondition)(-1) } },
    };

    public static TheoryData<string, SetOptions> Contradictory() => new()
    {
        { "version without IfNewer", new SetOptions { Version = 1 } },
        { "version beside IfAbsent", new SetOptions { Condition = SetCondition.IfAbsent, Version = 1 } },
        { "IfNewer without version", new SetOptions { Condition = SetCondition.IfNewer } },
        { "null in metadata", new SetOptions { Metadata = new Dictionary<string, string> { ["a"] = null! } } },
        { "lone surrogate in a metadata name", new SetOptions { Metadata = new Dictionary<string, string> { ["\uD800"] = "" } } },
        { "lone surrogate in a metadata text", new SetOptions { Metadata = new Dictionary<string, string> { ["a"] = "\uDC00" } } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public Task Set_OptionOutOfRange_IsRefused(string what, SetOptions options) => RefusesAsync<ArgumentOutOfRangeException>(what, options);

    [Theory]
    [MemberData(nameof(Contradictory), DisableDiscoveryEnumeration = true)]
    public Task Set_OptionsThatContradict_AreRefused(string what, SetOptions options) => RefusesAsync<ArgumentException>(what, options);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Touch_TtlOutOfRange_IsRefused(long ticks)
    {
        using var backend = Create();
        backend.Set("k", new byte[1]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("timeToLive", async () => await backend.TouchAsync("k", TimeSpan.FromTicks(ticks)));
    }

    [Theory]
    [InlineData(10_000L, 1)]
    [InlineData(10_001L, 2)]
    [InlineData(1L, 1)]
    [InlineData(19_999L, 2)]
    public async Task TimeToLive_PartsOfAMillisecond_AreRoundedUp(long ticks, int milliseconds)
    {
        using var backend = Create();
        backend.Set("k", new byte[1], new SetOptions { TimeToLive = TimeSpan.FromTicks(ticks) });
        Assert.Equal(_clock.GetUtcNow().AddMilliseconds(milliseconds), (await backend.GetEntryAsync("k"))!.ExpiresAt);
    }

    [Fact]
    public async Task AbsoluteExpiration_PartsOfAMillisecond_AreRoundedDown()
    {
        using var backend = Create();
        backend.Set("k", new byte[1], new SetOptions { AbsoluteExpiration = _clock.GetUtcNow().AddTicks(29_999) });
        Assert.Equal(_clock.GetUtcNow().AddMilliseconds(2), (await backend.GetEntryAsync("k"))!.ExpiresAt);
    }

    [Theory]
    [InlineData(5, 9, 5)]
    [InlineData(9, 5, 5)]
    [InlineData(5, 5, 5)]
    public async Task Expirations_Both_TheEarlierHolds(int timeToLive, int absolute, int end)
    {
        using var backend = Create();
        backend.Set("k", new byte[1], new SetOptions { TimeToLive = TimeSpan.FromSeconds(timeToLive), AbsoluteExpiration = _clock.GetUtcNow().AddSeconds(absolute) });
        Assert.Equal(_clock.GetUtcNow().AddSeconds(end), (await backend.GetEntryAsync("k"))!.ExpiresAt);
    }

    [Fact]
    public async Task Metadata_Empty_IsNone()
    {
        using var backend = Create();
        backend.Set("k", new byte[1], new SetOptions { Metadata = new Dictionary<string, string>() });
        Assert.Empty((await backend.GetEntryAsync("k"))!.Metadata);
        Assert.Equal(backend.EstimateMemoryBytes("k", 1), (await backend.GetStatsAsync()).MemoryBytes);
    }

    [Fact]
    public void Value_InSegments_IsStoredWhole()
    {
        using var backend = Create();
        var first = new Segment([1, 2], 0, null);
        var second = new Segment([3], 2, first);
        Assert.Equal(SetOutcome.Stored, backend.Set("k", new ReadOnlySequence<byte>(first, 0, second, 1)));
        Assert.Equal([1, 2, 3], backend.Get("k"));
    }

    [Fact]
    public void Value_ChangedByItsOwner_IsNotChangedInTheBackend()
    {
        using var backend = Create();
        var value = new byte[] { 1, 2 };
        backend.Set("k", value);
        value[0] = 9;
        backend.Get("k")![1] = 9;
        Assert.Equal([1, 2], backend.Get("k"));
    }

    private async Task RefusesAsync<TException>(string what, SetOptions options) where TException : Exception
    {
        using var backend = Create();
        backend.Set("k", new byte[] { 1 });
        Assert.Throws<TException>(() => backend.Set("k", new byte[] { 2 }, options));
        await Assert.ThrowsAsync<TException>(async () => await backend.SetAsync("k", new byte[] { 2 }, options));
        await Assert.ThrowsAsync<TException>(async () => await backend.SetManyAsync([new SetRequest("k", new byte[] { 2 }), new SetRequest("k2", new byte[1], options)]));
        Assert.Equal((what, 1), (what, backend.Get("k")![0]));
        Assert.Equal(1, (await backend.GetStatsAsync()).Sets);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long runningIndex, Segment? previous)
        {
            Memory = bytes;
            RunningIndex = runningIndex;
            if (previous is not null) previous.Next = this;
        }
    }
}
