using System.Buffers;
using System.Text;

namespace Cistern.Tests.Backfill;

/// <summary>Concurrent misses: who reads the source, who waits, and how a wait ends.</summary>
public sealed class FlightTests
{
    private static readonly BackfillOptions NoBackfill = new() { MinLookups = int.MaxValue };

    [Fact]
    public async Task Get_EightCallersOfOneColdKey_ReadTheSourceOnce()
    {
        for (var round = 0; round < 500; round++)
        {
            var source = new ScriptedSource(ScriptedSource.Entry("cold", "value")) { OnRead = static async (_, _) => await Task.Yield() };
            await using var rig = BackfillRig.Create(source, NoBackfill);
            using var start = new Barrier(8);
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return rig.Cache.GetAsync("cold").AsTask();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            Assert.All(answers, value => Assert.Equal("value", Encoding.UTF8.GetString(value!)));
            Assert.Equal(1, source.Reads);
            Assert.Equal(8, rig.Stats.Lookups);
        }
    }

    [Fact]
    public async Task Get_CallerThatJoined_IsCountedAsAMissOfItsOwn()
    {
        var gate = new TaskCompletionSource();
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1")) { OnRead = (_, _) => gate.Task };
        await using var rig = BackfillRig.Create(source, NoBackfill);
        var first = rig.Cache.LookUpAsync("a").AsTask();
        var second = rig.Cache.LookUpAsync("a").AsTask();
        gate.SetResult();
        Assert.Equal([CacheLookupOutcome.Loaded, CacheLookupOutcome.Loaded], (await Task.WhenAll(first, second)).Select(lookup => lookup.Outcome));
        Assert.Equal((0, 2, 1), (rig.Stats.Hits, rig.Stats.Misses, source.Reads));
    }

    [Fact]
    public async Task Get_CallerThatIsCancelled_LeavesTheFlightToTheOthers()
    {
        var gate = new TaskCompletionSource();
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1")) { OnRead = (_, _) => gate.Task };
        await using var rig = BackfillRig.Create(source, NoBackfill);
        using var impatient = new CancellationTokenSource();
        var leader = rig.Cache.GetAsync("a", impatient.Token).AsTask();
        var follower = rig.Cache.GetAsync("a").AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        gate.SetResult();
        Assert.Equal("1"u8.ToArray(), await follower);
        Assert.True(await rig.Backend.ExistsAsync("a"));
        Assert.Equal(1, source.Reads);
    }

    [Fact]
    public async Task Get_SourceThatHangs_EndsAtTheTimeout()
    {
        var source = new ScriptedSource { OnRead = (_, _) => new TaskCompletionSource().Task };
        await using var rig = BackfillRig.Create(source, NoBackfill with { SourceTimeout = TimeSpan.FromSeconds(5) });
        var lookup = rig.Cache.GetAsync("a").AsTask();
        rig.Clock.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.False(lookup.IsCompleted);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var error = await Assert.ThrowsAsync<CacheSourceException>(() => lookup);
        Assert.IsType<TimeoutException>(error.InnerException);

        source.OnRead = (_, _) => Task.CompletedTask;
        Assert.Null(await rig.Cache.GetAsync("a"));
    }

    [Fact]
    public async Task Dispose_WhileCallersWait_EndsTheirWait()
    {
        var source = new ScriptedSource { OnRead = (_, _) => new TaskCompletionSource().Task };
        var rig = BackfillRig.Create(source, NoBackfill);
        var lookup = rig.Cache.GetAsync("a").AsTask();
        await rig.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lookup);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => rig.Cache.GetAsync("a").AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => rig.Cache.SetAsync("a", default).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => rig.Cache.ForceBackfillAsync());
        Assert.Throws<ObjectDisposedException>(rig.Cache.Resume);
        await rig.Cache.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_WhileALookupWaitsForItsBackfill_EndsTheWaitWithoutASourceRead()
    {
        var source = new ScriptedSource { OnPage = _ => new TaskCompletionSource().Task };
        var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1 });
        var lookup = rig.Cache.GetAsync("a").AsTask();
        await rig.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lookup);
        Assert.Equal((1, 0), (source.Pages, source.Reads));
    }

    [Fact]
    public async Task Get_WhileABackfillRuns_ReadsOnlyItsOwnKey()
    {
        var gate = new TaskCompletionSource();
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1"), ScriptedSource.Entry("b", "2")) { OnPage = _ => gate.Task };
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1 });
        var causes = rig.Cache.GetAsync("x").AsTask();
        Assert.Equal("2"u8.ToArray(), await rig.Cache.GetAsync("b"));
        Assert.Equal((1, 1), (source.Pages, source.Reads));
        gate.SetResult();
        Assert.Null(await causes);
        Assert.Equal((1, 1), (rig.Stats.Backfills, rig.Stats.Loaded));
    }

    [Fact]
    public async Task Get_WhenTheBatchBringsTheKey_DoesNotReadItAgain()
    {
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1"), ScriptedSource.Entry("b", "2"));
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1 });
        Assert.Equal("2"u8.ToArray(), await rig.Cache.GetAsync("b"));
        Assert.Equal(0, source.Reads);
    }

    [Fact]
    public async Task Get_JoiningAFlight_CanStillCauseTheBackfill()
    {
        var gate = new TaskCompletionSource();
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1"), ScriptedSource.Entry("b", "2")) { OnRead = (_, _) => gate.Task };
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 3 });
        var lookups = Enumerable.Range(0, 3).Select(_ => rig.Cache.GetAsync("x").AsTask()).ToList();
        gate.SetResult();
        await Task.WhenAll(lookups);
        Assert.Equal((1, 2, 1), (rig.Stats.Backfills, rig.Stats.Loaded, source.Reads));
    }

    [Fact]
    public async Task Get_InTheBackground_DoesNotWaitForTheBackfill()
    {
        var gate = new TaskCompletionSource();
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1"), ScriptedSource.Entry("b", "2")) { OnPage = _ => gate.Task };
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1, Mode = BackfillMode.Background });
        Assert.Null(await rig.Cache.GetAsync("x"));
        Assert.Equal(0, rig.Stats.Backfills);
        gate.SetResult();
        await rig.Cache.WaitForBackfillAsync();
        Assert.Equal((1, 2), (rig.Stats.Backfills, rig.Stats.Loaded));
    }

    [Fact]
    public async Task ForceBackfill_WhileAnotherRuns_WaitsForIt()
    {
        var gate = new TaskCompletionSource();
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1")) { OnPage = _ => gate.Task };
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1 });
        var lookup = rig.Cache.GetAsync("x").AsTask();
        var forced = rig.Cache.ForceBackfillAsync();
        Assert.Equal(1, source.Pages);
        gate.SetResult();
        await lookup;
        Assert.Equal(0, await forced);
        Assert.Equal(2, rig.Stats.Backfills);
    }

    [Fact]
    public async Task Fill_OfAKeySetMeanwhile_KeepsTheNewValue()
    {
        var gate = new TaskCompletionSource();
        var source = new ScriptedSource(ScriptedSource.Entry("a", "old")) { OnRead = (_, _) => gate.Task };
        await using var rig = BackfillRig.Create(source, NoBackfill);
        var lookup = rig.Cache.GetAsync("a").AsTask();
        await rig.Cache.SetAsync("a", "new"u8.ToArray());
        gate.SetResult();
        Assert.Equal("new"u8.ToArray(), await lookup);
        Assert.Equal("new"u8.ToArray(), await rig.Backend.GetAsync("a"));
    }

    [Fact]
    public async Task Fill_WithVersions_NeverReplacesANewerValueNorAnswersADeletion()
    {
        var source = new ScriptedSource(ScriptedSource.Entry("a", "old", 5), ScriptedSource.Entry("b", "old", 5), ScriptedSource.Entry("c", "cc", 5));
        await using var rig = BackfillRig.Create(source, NoBackfill);
        await rig.Backend.SetAsync("a", "new"u8.ToArray(), SetOptions.IfNewer(6));
        await rig.Backend.DeleteAsync("b", 6);
        await rig.Cache.ForceBackfillAsync();
        Assert.Equal("new"u8.ToArray(), await rig.Backend.GetAsync("a"));
        Assert.False(await rig.Backend.ExistsAsync("b"));
        Assert.Equal(5, (await rig.Backend.GetEntryAsync("c"))!.Version);
    }

    [Fact]
    public async Task Backfill_OfAKeySetMeanwhile_AnswersWithTheNewValue()
    {
        using var backend = new FaultyBackend { BeforeSetMany = inner => inner.SetAsync("a", "new"u8.ToArray()) };
        var source = new ScriptedSource(ScriptedSource.Entry("a", "old"), ScriptedSource.Entry("b", "2"));
        await using var cache = new BackfillingCache(backend, source, new BackfillOptions { MinLookups = 1 });
        Assert.Equal("new"u8.ToArray(), await cache.GetAsync("a"));
        Assert.Equal(1, cache.Stats.Loaded);
    }

    [Fact]
    public async Task Backfill_AfterATombstoneEnded_ReturnsToItsKey()
    {
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1", 5), ScriptedSource.Entry("b", "2", 5));
        await using var rig = BackfillRig.Create(source, NoBackfill);
        await rig.Backend.DeleteAsync("a", 5);
        Assert.Equal(1, await rig.Cache.ForceBackfillAsync());
        rig.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, await rig.Cache.ForceBackfillAsync());
        Assert.Equal("ab", await rig.CachedAsync());
    }

    [Fact]
    public async Task Fill_WithMetadata_KeepsIt()
    {
        var metadata = new Dictionary<string, string> { ["content-type"] = "application/json" };
        var source = new ScriptedSource(new SourceEntry("a", "1"u8.ToArray()) { Metadata = metadata });
        await using var rig = BackfillRig.Create(source, NoBackfill);
        var lookup = await rig.Cache.LookUpAsync("a");
        Assert.Equal((CacheLookupOutcome.Loaded, "application/json"), (lookup.Outcome, lookup.Metadata!["content-type"]));
        Assert.Equal("application/json", (await rig.Backend.GetEntryAsync("a"))!.Metadata["content-type"]);
        Assert.Equal(CacheLookupOutcome.Hit, (await rig.Cache.LookUpAsync("a")).Outcome);
    }

    [Fact]
    public async Task LookUp_IntoABuffer_AppendsWhatIsFoundAndNothingElse()
    {
        await using var rig = BackfillRig.Create("ab", NoBackfill);
        var buffer = new ArrayBufferWriter<byte>();
        var outcomes = new List<CacheLookupOutcome>();
        foreach (var key in new[] { "a", "a", "x", "b" }) outcomes.Add((await rig.Cache.LookUpAsync(key, buffer)).Outcome);
        Assert.Equal([CacheLookupOutcome.Loaded, CacheLookupOutcome.Hit, CacheLookupOutcome.NotFound, CacheLookupOutcome.Loaded], outcomes);
        Assert.Equal("a!a!b!"u8.ToArray(), buffer.WrittenSpan.ToArray());
        Assert.Equal((1, 3), (rig.Stats.Hits, rig.Stats.Misses));
    }
}
