namespace Cistern.Tests.Memory;

/// <summary>The three bounds: entries, bytes of values, and all bytes held.</summary>
public sealed class BoundsTests
{
    private static readonly Dictionary<string, string> Metadata = new() { ["name"] = new string('m', 200) };

    // A one-letter key and a value of 8 bytes.
    private static readonly long OneEntry = MemoryCost.OfEntry(1, 8);

    [Fact]
    public async Task Capacity_OneMoreEntry_EvictsOne()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 2 });
        foreach (var key in new[] { "a", "b", "c" }) backend.Set(key, new byte[1000]);
        Assert.Equal("b c", await Recount.KeysOfAsync(backend));
        Assert.Equal(1, (await backend.GetStatsAsync()).Evictions);
    }

    [Fact]
    public async Task Capacity_OverwriteWhenFull_EvictsNothing()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 2 });
        foreach (var key in new[] { "a", "b", "a", "b" }) backend.Set(key, new byte[1000]);
        Assert.Equal("a b", await Recount.KeysOfAsync(backend));
        Assert.Equal(0, (await backend.GetStatsAsync()).Evictions);
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(21, 1)]
    [InlineData(60, 1)]
    [InlineData(61, 2)]
    [InlineData(100, 2)]
    public async Task MaxSize_OneMoreValue_EvictsOnlyWhatItMust(int length, int evictions)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 100 });
        backend.Set("a", new byte[40]);
        backend.Set("b", new byte[40]);
        Assert.Equal(SetOutcome.Stored, backend.Set("c", new byte[length]));
        Assert.Equal(evictions, (await backend.GetStatsAsync()).Evictions);
    }

    [Fact]
    public async Task MaxSize_ValuesOfNoBytes_AreNotBounded()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 1 });
        for (var i = 0; i < 100; i++) backend.Set($"k{i}", default(ReadOnlyMemory<byte>));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((100L, 0L, 0L), (stats.CurrentEntries, stats.CurrentSizeBytes, stats.Evictions));
    }

    [Theory]
    [InlineData(0, "a b c")]
    [InlineData(-1, "b c")]
    public async Task MaxMemory_ExactlyFullOrAByteLess_KeepsOrEvicts(long byMuch, string left)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 3 * OneEntry + byMuch });
        foreach (var key in new[] { "a", "b", "c" }) Assert.Equal(SetOutcome.Stored, backend.Set(key, new byte[8]));
        Assert.Equal(left, await Recount.KeysOfAsync(backend));
    }

    [Fact]
    public async Task MaxMemory_Metadata_Counts()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 3 * OneEntry });
        backend.Set("a", new byte[8]);
        backend.Set("b", new byte[8]);
        backend.Set("c", new byte[8], new SetOptions { Metadata = new Dictionary<string, string> { ["n"] = "" } });
        Assert.DoesNotContain("a", await Recount.KeysOfAsync(backend), StringComparison.Ordinal);
        Assert.Equal((await Recount.OfAsync(backend)).MemoryBytes, (await backend.GetStatsAsync()).MemoryBytes);
    }

    [Fact]
    public void MaxMemory_LongKeys_Count()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 2000 });
        Assert.Equal(SetOutcome.Stored, backend.Set("short", new byte[8]));
        Assert.Equal(SetOutcome.TooLarge, backend.Set(new string('k', 1000), new byte[8]));
    }

    [Fact]
    public async Task EstimateMemoryBytes_OfAnEntryWithoutMetadata_IsWhatItHolds()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Eviction = EvictionMode.Lru });
        backend.Set("some key", new byte[37]);
        Assert.Equal(backend.EstimateMemoryBytes("some key", 37), (await backend.GetStatsAsync()).MemoryBytes);
        Assert.Throws<ArgumentNullException>(() => backend.EstimateMemoryBytes(null!, 1));
    }

    [Theory]
    [InlineData(EvictionMode.Lru)]
    [InlineData(EvictionMode.OldestAdded)]
    public async Task Overwrite_ThatGrows_EvictsOthersAndNeverItself(EvictionMode eviction)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 100, Eviction = eviction });
        foreach (var key in new[] { "a", "b", "c", "d" }) backend.Set(key, new byte[25]);
        Assert.Equal(SetOutcome.Stored, backend.Set("a", new byte[60]));
        Assert.Equal("a d", await Recount.KeysOfAsync(backend));
        Assert.Equal(SetOutcome.Stored, backend.Set("a", new byte[100]));
        Assert.Equal("a", await Recount.KeysOfAsync(backend));
        Assert.Equal(3, (await backend.GetStatsAsync()).Evictions);
    }

    [Fact]
    public async Task Overwrite_ThatShrinks_MakesRoom()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 100 });
        backend.Set("a", new byte[60]);
        backend.Set("b", new byte[40]);
        backend.Set("a", new byte[10]);
        backend.Set("c", new byte[50]);
        Assert.Equal("a b c", await Recount.KeysOfAsync(backend));
    }

    [Fact]
    public async Task Overwrite_ThatDropsMetadata_GivesItsMemoryBack()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 10_000, Eviction = EvictionMode.Lru });
        backend.Set("a", new byte[8], new SetOptions { Metadata = Metadata });
        backend.Set("a", new byte[8]);
        Assert.Equal(OneEntry, (await backend.GetStatsAsync()).MemoryBytes);
    }

    public static TheoryData<string, InMemoryBackendOptions, int, bool> WhatIsTooLarge() => new()
    {
        { "max value", new InMemoryBackendOptions { MaxValueBytes = 50 }, 51, false },
        { "max value, unbounded", new InMemoryBackendOptions { MaxValueBytes = 50, IsUnbounded = true }, 51, false },
        { "max size", new InMemoryBackendOptions { MaxSizeBytes = 50 }, 51, false },
        { "max memory, by the value", new InMemoryBackendOptions { MaxMemoryBytes = 2 * OneEntry }, 1000, false },
        { "max memory, by the metadata", new InMemoryBackendOptions { MaxMemoryBytes = 2 * OneEntry }, 8, true },
    };

    [Theory]
    [MemberData(nameof(WhatIsTooLarge), DisableDiscoveryEnumeration = true)]
    public async Task Set_TooLarge_KeepsTheOldValueAndEvictsNothing(string what, InMemoryBackendOptions options, int length, bool withMetadata)
    {
        using var backend = new InMemoryBackend(options);
        backend.Set("a", new byte[] { 1, 2 });
        backend.Set("b", new byte[] { 3 });
        var setOptions = withMetadata ? new SetOptions { Metadata = Metadata } : null;
        Assert.Equal((what, SetOutcome.TooLarge), (what, backend.Set("a", new byte[length], setOptions)));
        Assert.Equal([SetOutcome.TooLarge, SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("a", new byte[length], setOptions), new SetRequest("b", new byte[] { 4 })]));
        Assert.Equal([1, 2], backend.Get("a"));
        Assert.Equal([4], backend.Get("b"));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((0L, 3, 2L), (stats.Evictions, stats.Sets, stats.CurrentEntries));
    }

    [Fact]
    public void Set_OfExactlyTheLargestSize_IsStored()
    {
        using var byValue = new InMemoryBackend(new InMemoryBackendOptions { MaxValueBytes = 50 });
        using var bySize = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 50 });
        using var byMemory = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = OneEntry });
        Assert.Equal(SetOutcome.Stored, byValue.Set("a", new byte[50]));
        Assert.Equal(SetOutcome.Stored, bySize.Set("a", new byte[50]));
        Assert.Equal(SetOutcome.Stored, byMemory.Set("a", new byte[8]));
    }

    public static TheoryData<string, InMemoryBackendOptions> EachBound() => new()
    {
        { "max value", new InMemoryBackendOptions { MaxValueBytes = 50 } },
        { "max size", new InMemoryBackendOptions { MaxSizeBytes = 50 } },
        { "max memory", new InMemoryBackendOptions { MaxMemoryBytes = OneEntry } },
    };

    [Theory]
    [MemberData(nameof(EachBound), DisableDiscoveryEnumeration = true)]
    public void Set_TooLargeAndRefusedForAnotherReason_IsTooLarge(string what, InMemoryBackendOptions options)
    {
        using var backend = new InMemoryBackend(options);
        backend.Set("a", new byte[1], SetOptions.IfNewer(5));
        Assert.Equal((what, SetOutcome.TooLarge), (what, backend.Set("a", new byte[51], new SetOptions { Condition = SetCondition.IfAbsent })));
        Assert.Equal((what, SetOutcome.TooLarge), (what, backend.Set("a", new byte[51], SetOptions.IfNewer(5))));
        Assert.Equal((what, SetOutcome.TooLarge), (what, backend.Set("a", new byte[51], SetOptions.IfNewer(4))));
    }
}
