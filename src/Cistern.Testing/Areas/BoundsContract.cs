using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: bounds are never exceeded, and the new entry is never the one that goes.</summary>
public abstract class BoundsContract : EntryLookupContract
{
    private protected BoundsContract()
    {
    }

    [Fact]
    public async Task MaxSize_AHundredBytes_HoldsTwoValuesOfForty()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        await StoreAsync(backend, "a longer key than its value could be", Sized(40));
        await StoreAsync(backend, "b", Sized(40), new SetOptions { Metadata = new Dictionary<string, string> { ["type"] = Sized(200) } });
        Assert.Equal(2, (await KeysAsync(backend)).Count);
        await StoreAsync(backend, "c", Sized(40));
        Assert.Equal(2, (await KeysAsync(backend)).Count);
        Assert.True(await backend.ExistsAsync("c"));
    }

    [Fact]
    public async Task MaxSize_FilledToTheByte_Holds()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        await StoreAsync(backend, "a", Sized(99));
        await StoreAsync(backend, "b", Sized(1));
        Assert.Equal(["a", "b"], await KeysAsync(backend));
    }

    [Fact]
    public async Task MaxSize_Utilization_IsThePartInUse()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        if ((await backend.GetStatsAsync()).CurrentSizeBytes is null) Assert.Skip("The backend does not know what it holds.");
        await StoreAsync(backend, "a", Sized(25));
        Assert.Equal(0.25, (await backend.GetStatsAsync()).Utilization);
        await StoreAsync(backend, "b", Sized(75));
        Assert.Equal(1, (await backend.GetStatsAsync()).Utilization);
    }

    [Fact]
    public async Task MaxSize_AValueOfExactlyThat_IsStoredAlone()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        await StoreAsync(backend, "a", Sized(10));
        await StoreAsync(backend, "b", Sized(100));
        Assert.Equal(["b"], await KeysAsync(backend));
    }

    [Fact]
    public async Task MaxSize_AValueBeyondIt_IsTooLargeAndChangesNothing()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        await StoreAsync(backend, "a", "kept", SetOptions.IfNewer(5) with { TimeToLive = TimeSpan.FromMilliseconds(10) });
        await StoreAsync(backend, "b", "kept");
        foreach (var key in new[] { "a", "b", "c" })
        {
            Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync(key, Bytes(Sized(101)), SetOptions.IfNewer(6)));
            Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync(key, Segments.Of(Bytes(Sized(100)), Bytes("x"))));
        }

        Assert.Equal(["a", "b"], await KeysAsync(backend));
        Assert.Equal("kept", await backend.GetStringAsync("a"));
        var entry = await backend.GetEntryAsync("a");
        Assert.Equal((5, StartedAt.AddMilliseconds(10)), (entry!.Version, entry.ExpiresAt));
        Assert.Equal(2, (await backend.GetStatsAsync()).Sets);
    }

    [Fact]
    public async Task MaxSize_TooLarge_ComesBeforeEveryOtherRefusal()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        await StoreAsync(backend, "key", "kept", SetOptions.IfNewer(5));
        foreach (var options in new[] { IfAbsent, SetOptions.IfNewer(4), SetOptions.IfNewer(5) })
        {
            Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync("key", Bytes(Sized(101)), options));
        }
    }

    [Fact]
    public async Task MaxSize_TooLarge_LeavesTheTombstone()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        await backend.DeleteAsync("key", 5);
        Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync("key", Bytes(Sized(101))));
        Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync("key", Bytes(Sized(101)), SetOptions.IfNewer(6)));
        Assert.Equal(SetOutcome.Superseded, await backend.SetAsync("key", Bytes("late"), SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task MaxSize_TooLargeInABatch_FailsOnlyItself()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        await StoreAsync(backend, "present", "kept");
        await StoreAsync(backend, "versioned", "kept", SetOptions.IfNewer(5));
        var outcomes = await backend.SetManyAsync(
        [
            Request("a", Sized(101)),
            Request("present", "lost", IfAbsent),
            Request("versioned", "lost", SetOptions.IfNewer(4)),
            Request("versioned", "lost", SetOptions.IfNewer(5)),
            Request("b", Sized(10)),
            Request("b", Sized(101)),
        ]);
        Assert.Equal([SetOutcome.TooLarge, SetOutcome.Present, SetOutcome.Superseded, SetOutcome.AlreadyCurrent, SetOutcome.Stored, SetOutcome.TooLarge], outcomes);
        Assert.Equal(["b", "present", "versioned"], await KeysAsync(backend));
    }

    [Fact]
    public async Task MaxSize_GrowingAnEntry_MakesRoomAndKeepsIt()
    {
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        await StoreAsync(backend, "growing", Sized(20));
        await StoreAsync(backend, "other", Sized(40));
        await StoreAsync(backend, "another", Sized(40));
        await StoreAsync(backend, "growing", Sized(60));
        Assert.Equal(60, (await backend.GetEntryAsync("growing"))?.SizeBytes);
        Assert.Equal(2, (await KeysAsync(backend)).Count);
    }

    [Fact]
    public async Task MaxSize_OverwritingInPlace_EvictsNobody()
    {
        var backend = await OpenBoundedAsync(capacity: 2, maxSizeBytes: 100);
        await StoreAsync(backend, "a", Sized(50));
        await StoreAsync(backend, "b", Sized(50));
        for (var i = 0; i < 10; i++) await StoreAsync(backend, i % 2 == 0 ? "a" : "b", Sized(50));
        Assert.Equal(["a", "b"], await KeysAsync(backend));
        Assert.Equal(0, (await backend.GetStatsAsync()).Evictions ?? 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task Capacity_EverySet_StaysWithinItAndKeepsTheNewEntry(int capacity)
    {
        var backend = await OpenBoundedAsync(capacity, maxSizeBytes: null);
        for (var i = 0; i < 40; i++)
        {
            await StoreAsync(backend, $"key {i}", $"value {i}");
            Assert.Equal(Math.Min(i + 1, capacity), (await KeysAsync(backend)).Count);
            Assert.Equal($"value {i}", await backend.GetStringAsync($"key {i}"));
        }

        Assert.Equal(0, (await backend.GetStatsAsync()).Deletes);
    }

    [Fact]
    public async Task Capacity_Evictions_AreCounted()
    {
        var backend = await OpenBoundedAsync(capacity: 3, maxSizeBytes: null);
        if (!backend.Capabilities.ReportsEvictions) Assert.Skip("The backend does not report evictions.");
        for (var i = 0; i < 10; i++) await StoreAsync(backend, $"key {i}", "value");
        Assert.Equal(7, (await backend.GetStatsAsync()).Evictions);
        backend.ResetStats();
        await ClearAsync(backend);
        Assert.Equal(0, (await backend.GetStatsAsync()).Evictions);
    }

    [Fact]
    public async Task Capacity_ABatchBeyondIt_KeepsItsLastEntries()
    {
        var backend = await OpenBoundedAsync(capacity: 3, maxSizeBytes: null);
        var outcomes = await backend.SetManyAsync(Enumerable.Range(0, 10).Select(i => Request($"key {i}", "value")));
        Assert.Equal(Enumerable.Repeat(SetOutcome.Stored, 10), outcomes);
        Assert.Equal(3, (await KeysAsync(backend)).Count);
        Assert.True(await backend.ExistsAsync("key 9"));
    }

    [Fact]
    public async Task Capacity_TombstonesAndRefusedSets_TakeNoPlace()
    {
        var backend = await OpenBoundedAsync(capacity: 2, maxSizeBytes: null);
        await StoreAsync(backend, "a", "1", SetOptions.IfNewer(5));
        await StoreAsync(backend, "b", "2");
        for (var i = 0; i < 20; i++) await backend.DeleteAsync($"absent {i}", 1);
        await backend.SetAsync("a", Bytes("lost"), SetOptions.IfNewer(4));
        await backend.SetAsync("b", Bytes("lost"), IfAbsent);
        await backend.SetAsync("absent 3", Bytes("lost"), SetOptions.IfNewer(1));
        Assert.Equal(["a", "b"], await KeysAsync(backend));
    }

    [Fact]
    public async Task Capabilities_SayTheBounds()
    {
        var byEntries = await OpenBoundedAsync(capacity: 7, maxSizeBytes: null);
        var bySize = await OpenBoundedAsync(capacity: null, maxSizeBytes: 700);
        Assert.Equal((7, null), (byEntries.Capabilities.Capacity, byEntries.Capabilities.MaxSizeBytes));
        Assert.Equal((null, 700), (bySize.Capabilities.Capacity, bySize.Capabilities.MaxSizeBytes));
    }

    private protected static string Sized(int bytes) => new('x', bytes);
}
