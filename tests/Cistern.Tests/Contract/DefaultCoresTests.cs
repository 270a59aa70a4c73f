using System.Buffers;

namespace Cistern.Tests.Contract;

/// <summary>What a backend gets from the base when it implements nothing but the abstract cores, at once or later: batches, buffers and counting.</summary>
public sealed class DefaultCoresTests
{
    private static readonly ReadOnlyMemory<byte> Value = new byte[] { 1, 2 };

    private static async Task<ScriptedBackend> CreateAsync(bool isSlow)
    {
        var backend = new ScriptedBackend { IsSlow = isSlow };
        foreach (var key in new[] { "a", "b", "c" }) await backend.SetAsync(key, Value);
        backend.ResetStats();
        return backend;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lookups_HitsAndMisses_AreCountedOnce(bool isSlow)
    {
        await using var backend = await CreateAsync(isSlow);
        Assert.Equal(Value.ToArray(), await backend.GetAsync("a"));
        Assert.Null(await backend.GetAsync("nothing"));
        var destination = new ArrayBufferWriter<byte>();
        Assert.True(await backend.TryGetAsync("b", destination));
        Assert.False(await backend.TryGetAsync("nothing", destination));
        Assert.Equal(Value.ToArray(), destination.WrittenMemory.ToArray());
        var stats = await backend.GetStatsAsync();
        Assert.Equal((2, 2), (stats.Hits, stats.Misses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetMany_DistinctKeys_AreLookedUpAndCountedOnceEach(bool isSlow)
    {
        await using var backend = await CreateAsync(isSlow);
        var found = await backend.GetManyAsync(["a", "a", "b", "nothing", "nothing"]);
        Assert.Equal(["a", "b"], found.Keys.Order());
        var stats = await backend.GetStatsAsync();
        Assert.Equal((2, 1), (stats.Hits, stats.Misses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SetMany_OneOutcomeEach_CountsWhatWasStored(bool isSlow)
    {
        await using var backend = await CreateAsync(isSlow);
        var ifAbsent = new SetOptions { Condition = SetCondition.IfAbsent };
        var outcomes = await backend.SetManyAsync([new("a", Value, ifAbsent), new("d", Value, ifAbsent), new("d", Value, ifAbsent), new("a", new byte[] { 9 })]);
        Assert.Equal([SetOutcome.Present, SetOutcome.Stored, SetOutcome.Present, SetOutcome.Stored], outcomes);
        Assert.Equal(2, (await backend.GetStatsAsync()).Sets);
        Assert.Equal([9], await backend.GetAsync("a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DeleteAndExistsMany_DistinctKeys_TellWhatWasThere(bool isSlow)
    {
        await using var backend = await CreateAsync(isSlow);
        Assert.Equal(["a", "c"], (await backend.ExistsManyAsync(["a", "c", "c", "nothing"])).Order());
        Assert.Equal(2, await backend.DeleteManyAsync(["a", "a", "c", "nothing"]));
        Assert.True(await backend.DeleteAsync("b"));
        Assert.False(await backend.DeleteAsync("b"));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((3, 0), (stats.Deletes, stats.Total));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Batches_OfNothing_DoNothing(bool isSlow)
    {
        await using var backend = await CreateAsync(isSlow);
        Assert.Empty(await backend.GetManyAsync([]));
        Assert.Empty(await backend.ExistsManyAsync([]));
        Assert.Empty(await backend.SetManyAsync([]));
        Assert.Equal(0, await backend.DeleteManyAsync([]));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((0, 0, 0), (stats.Total, stats.Sets, stats.Deletes));
    }

    [Fact]
    public async Task Batches_OfSequencesWithoutACount_AreReadWhole()
    {
        await using var backend = await CreateAsync(isSlow: false);
        var keys = new[] { "a", "b", "d" }.Where(key => key != "none");
        Assert.Equal([SetOutcome.Stored, SetOutcome.Stored, SetOutcome.Stored], await backend.SetManyAsync(keys.Select(key => new SetRequest(key, Value)).Where(request => request.Key != "none")));
        Assert.Equal(3, (await backend.GetManyAsync(keys)).Count);
        Assert.Equal(3, await backend.DeleteManyAsync(keys));
    }

    [Fact]
    public async Task Batches_Null_AreRefused()
    {
        await using var backend = new ScriptedBackend();
        await Assert.ThrowsAsync<ArgumentNullException>("keys", async () => await backend.GetManyAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>("keys", async () => await backend.ExistsManyAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>("keys", async () => await backend.DeleteManyAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>("requests", async () => await backend.SetManyAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>("destination", async () => await backend.TryGetAsync("a", null!));
        Assert.Throws<ArgumentNullException>("pattern", () => { _ = backend.KeysAsync(null!); });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_DisposedOrCancelledMidway_Throws(bool isSlow)
    {
        var backend = await CreateAsync(isSlow);
        using var cancellation = new CancellationTokenSource();
        await using (var keys = backend.KeysAsync(cancellationToken: cancellation.Token).GetAsyncEnumerator())
        {
            Assert.True(await keys.MoveNextAsync());
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await keys.MoveNextAsync());
        }

        await using (var keys = backend.KeysAsync().GetAsyncEnumerator())
        {
            Assert.True(await keys.MoveNextAsync());
            await backend.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await keys.MoveNextAsync());
        }
    }
}
