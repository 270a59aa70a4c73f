using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: a value is stored only over an older version, compared exactly.</summary>
public abstract class VersionContract : DeleteContract
{
    private protected VersionContract()
    {
    }

    /// <summary>Pairs of neighbours that a double, a 32-bit or an unsigned number takes for equal or for reversed.</summary>
    public static TheoryDataRow<long, long>[] LowerAndHigher { get; } =
    [
        new(1, 2), new(0, 1), new(-1, 0), new(-2, -1), new(9, 10), new(99, 100),
        new(int.MaxValue, int.MaxValue + 1L), new(uint.MaxValue, uint.MaxValue + 1L),
        new(9_007_199_254_740_992, 9_007_199_254_740_993), new(-9_007_199_254_740_993, -9_007_199_254_740_992),
        new(638_993_664_000_000_001, 638_993_664_000_000_002),
        new(long.MaxValue - 1, long.MaxValue), new(long.MinValue, long.MinValue + 1), new(long.MinValue, long.MaxValue), new(long.MinValue, -1), new(-1, long.MaxValue),
    ];

    [Theory]
    [MemberData(nameof(LowerAndHigher))]
    public async Task SetIfNewer_HigherVersion_IsStored(long lower, long higher)
    {
        await StoreAsync("key", "old", SetOptions.IfNewer(lower));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "new", SetOptions.IfNewer(higher)));
        Assert.Equal("new", await TextAsync("key"));
        Assert.Equal(higher, (await EntryAsync("key")).Version);
    }

    [Theory]
    [MemberData(nameof(LowerAndHigher))]
    public async Task SetIfNewer_LowerVersion_IsSupersededAndChangesNothing(long lower, long higher)
    {
        await StoreAsync("key", "new", Versioned(higher));
        var before = await EntryAsync("key");
        Assert.Equal(higher, before.Version);
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "old", SetOptions.IfNewer(lower)));
        await AssertUnchangedAsync(before);
    }

    [Theory]
    [MemberData(nameof(LowerAndHigher))]
    public async Task SetIfNewer_SameVersion_IsAlreadyCurrentAndChangesNothing(long lower, long higher)
    {
        foreach (var version in new[] { lower, higher })
        {
            await StoreAsync($"key {version}", "first", Versioned(version));
            var before = await EntryAsync($"key {version}");
            Assert.Equal(SetOutcome.AlreadyCurrent, await SetAsync($"key {version}", "second", SetOptions.IfNewer(version)));
            await AssertUnchangedAsync(before);
        }
    }

    [Fact]
    public async Task SetIfNewer_NothingThere_IsStoredWithItsVersion()
    {
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "value", SetOptions.IfNewer(long.MinValue)));
        Assert.Equal(long.MinValue, (await EntryAsync("key")).Version);
    }

    [Fact]
    public async Task SetIfNewer_UnversionedEntryThere_IsStoredAtAnyVersion()
    {
        await StoreAsync("key", "plain", Lasting(100));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "versioned", SetOptions.IfNewer(long.MinValue)));
        var entry = await EntryAsync("key");
        Assert.Equal(long.MinValue, entry.Version);
        Assert.Null(entry.ExpiresAt);
    }

    [Fact]
    public async Task SetIfNewer_Stored_ClearsTtlMetadataAndEnd()
    {
        await StoreAsync("key", "old", Versioned(1) with { AbsoluteExpiration = StartedAt.AddSeconds(50) });
        await StoreAsync("key", "new", SetOptions.IfNewer(2));
        var entry = await EntryAsync("key");
        Assert.Null(entry.ExpiresAt);
        Assert.Null(entry.AbsoluteExpiration);
        Assert.Empty(entry.Metadata);
    }

    [Fact]
    public async Task SetIfNewer_OtherKeys_HaveTheirOwnVersions()
    {
        await StoreAsync("first", "value", SetOptions.IfNewer(10));
        Assert.Equal(SetOutcome.Stored, await SetAsync("second", "value", SetOptions.IfNewer(1)));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("first", "value", SetOptions.IfNewer(9)));
    }

    [Fact]
    public async Task Set_OverAVersionedEntry_ClearsTheVersion()
    {
        await StoreAsync("key", "versioned", SetOptions.IfNewer(10));
        await StoreAsync("key", "plain");
        Assert.Null((await EntryAsync("key")).Version);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Delete_WithoutAVersion_ForgetsTheVersion()
    {
        await StoreAsync("key", "versioned", SetOptions.IfNewer(10));
        Assert.True(await Backend.DeleteAsync("key"));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Clear_ForgetsTheVersionsOfEntries()
    {
        await StoreAsync("key", "versioned", SetOptions.IfNewer(10));
        await ClearAsync();
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task SetIfNewer_ExpiredEntryThere_IsStoredAtAnyVersion()
    {
        await StoreAsync("key", "versioned", Lasting(100) with { Condition = SetCondition.IfNewer, Version = 10 });
        Advance(99);
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "older", SetOptions.IfNewer(5)));
        Advance(1);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
        Assert.Equal(5, (await EntryAsync("key")).Version);
    }

    [Theory]
    [InlineData(SetCondition.Always, 1L)]
    [InlineData(SetCondition.IfAbsent, 1L)]
    [InlineData(SetCondition.IfNewer, null)]
    public async Task Set_VersionAndConditionThatDoNotBelongTogether_ThrowsAndChangesNothing(SetCondition condition, long? version)
    {
        await StoreAsync("key", "kept");
        await Assert.ThrowsAnyAsync<ArgumentException>(() => SetAsync("key", "other", new SetOptions { Condition = condition, Version = version }));
        Assert.Equal("kept", await TextAsync("key"));
    }

    private static SetOptions Versioned(long version) =>
        SetOptions.IfNewer(version) with { TimeToLive = TimeSpan.FromSeconds(30), Metadata = new Dictionary<string, string> { ["type"] = "text" } };
}
