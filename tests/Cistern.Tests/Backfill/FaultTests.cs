namespace Cistern.Tests.Backfill;

/// <summary>A failing source fails the lookup, a failing backfill does not, and a failing backend is never a miss.</summary>
public sealed class FaultTests
{
    private static readonly BackfillOptions NoBackfill = new() { MinLookups = int.MaxValue };

    [Fact]
    public async Task Get_SourceThatFails_FailsTheLookup()
    {
        var source = new ScriptedSource { OnRead = (_, _) => throw new IOException("no route") };
        await using var rig = BackfillRig.Create(source, NoBackfill);
        var error = await Assert.ThrowsAsync<CacheSourceException>(() => rig.Cache.GetAsync("a").AsTask());
        Assert.Equal("scripted: no route", error.Message);
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal((1, 0), (rig.Stats.Misses, rig.Stats.SourceMisses));
    }

    [Fact]
    public async Task Get_SourceThatHasRecovered_IsReadAgain()
    {
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1")) { OnRead = (_, _) => throw new IOException("no route") };
        await using var rig = BackfillRig.Create(source, NoBackfill);
        await Assert.ThrowsAsync<CacheSourceException>(() => rig.Cache.GetAsync("a").AsTask());
        source.OnRead = (_, _) => Task.CompletedTask;
        Assert.Equal("1"u8.ToArray(), await rig.Cache.GetAsync("a"));
    }

    [Fact]
    public async Task Backfill_ThatFails_IsAuditedAndTheKeyIsReadAlone()
    {
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1")) { OnPage = _ => throw new IOException("no route") };
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1 });
        Assert.Equal("1"u8.ToArray(), await rig.Cache.GetAsync("a"));
        var entry = Assert.Single(rig.Cache.Audit.Entries);
        Assert.Equal((AuditAction.BackfillFailed, "no route", 1.0, 0), (entry.Action, entry.Error, entry.MissRate, entry.Loaded));
        Assert.Equal(1, rig.Stats.Backfills);

        source.OnPage = _ => Task.CompletedTask;
        source.Entries = [ScriptedSource.Entry("b", "2")];
        Assert.Null(await rig.Cache.GetAsync("x"));
        Assert.Equal(1, rig.Stats.Loaded);
    }

    [Fact]
    public async Task Backfill_ThatHangs_EndsAtTheTimeoutAndKeepsOthersOutUntilItIsBack()
    {
        var gate = new TaskCompletionSource();
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1")) { OnPage = _ => gate.Task };
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1, SourceTimeout = TimeSpan.FromSeconds(5) });
        var lookup = rig.Cache.GetAsync("a").AsTask();
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("1"u8.ToArray(), await lookup);
        await rig.Cache.GetAsync("b");
        Assert.Equal((1, 2), (source.Pages, source.Reads));
        Assert.Equal(AuditAction.BackfillFailed, Assert.Single(rig.Cache.Audit.Entries).Action);
        gate.SetResult();
        await rig.Cache.GetAsync("c");
        Assert.Equal(2, rig.Stats.Backfills);
    }

    [Fact]
    public async Task Get_SourceThatHangsAfterABackfillThatDid_HasItsOwnFullTime()
    {
        var source = new ScriptedSource { OnPage = _ => new TaskCompletionSource().Task, OnRead = (_, _) => new TaskCompletionSource().Task };
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1, SourceTimeout = TimeSpan.FromSeconds(5) });
        var lookup = rig.Cache.GetAsync("a").AsTask();
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        await rig.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(5));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.False(lookup.IsCompleted);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var error = await Assert.ThrowsAsync<CacheSourceException>(() => lookup);
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    [Fact]
    public async Task ForceBackfill_ThatFails_ThrowsAndIsAudited()
    {
        var source = new ScriptedSource { OnPage = _ => throw new IOException("no route") };
        await using var rig = BackfillRig.Create(source, NoBackfill);
        await Assert.ThrowsAsync<CacheSourceException>(() => rig.Cache.ForceBackfillAsync());
        Assert.Equal(AuditAction.BackfillFailed, Assert.Single(rig.Cache.Audit.Entries).Action);
        source.OnPage = _ => Task.CompletedTask;
        Assert.Equal(0, await rig.Cache.ForceBackfillAsync());
    }

    [Fact]
    public async Task Backfill_OverAClosedConnection_IsAFailedOneAndLetsTheNextOneIn()
    {
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1")) { OnPage = _ => throw new ObjectDisposedException("connection") };
        await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1, BackfillBatch = 1 });
        Assert.Equal("1"u8.ToArray(), await rig.Cache.GetAsync("a"));
        Assert.Equal(AuditAction.BackfillFailed, Assert.Single(rig.Cache.Audit.Entries).Action);
        await Assert.ThrowsAsync<CacheSourceException>(() => rig.Cache.ForceBackfillAsync());
        source.OnPage = _ => Task.CompletedTask;
        Assert.Equal(0, await rig.Cache.ForceBackfillAsync().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Get_SourceWithATimeoutOfItsOwn_FailsAsASourceDoes()
    {
        var source = new ScriptedSource { OnRead = (_, _) => throw new TaskCanceledException("the request timed out") };
        await using var rig = BackfillRig.Create(source, NoBackfill);
        await Assert.ThrowsAsync<CacheSourceException>(() => rig.Cache.GetAsync("a").AsTask());
    }

    [Fact]
    public async Task MaxBackfills_ManyMissesAtOnce_IsNotOverrun()
    {
        for (var round = 0; round < 200; round++)
        {
            var source = new ScriptedSource(ScriptedSource.Entry("a", "1"), ScriptedSource.Entry("b", "2")) { OnPage = static async _ => await Task.Yield() };
            await using var rig = BackfillRig.Create(source, new BackfillOptions { MinLookups = 1, MaxBackfills = 1 });
            await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => rig.Cache.GetAsync("key" + i).AsTask())));
            Assert.Equal(1, rig.Stats.Backfills);
        }
    }

    [Fact]
    public async Task ForceBackfill_ThatIsCancelled_LetsTheNextOneIn()
    {
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1")) { OnPage = token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token) };
        await using var rig = BackfillRig.Create(source, NoBackfill);
        using var impatient = new CancellationTokenSource();
        var forced = rig.Cache.ForceBackfillAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => forced);
        source.OnPage = _ => Task.CompletedTask;
        Assert.Equal(1, await rig.Cache.ForceBackfillAsync());
    }

    [Fact]
    public async Task Get_BackendThatFails_ThrowsAndCountsNothing()
    {
        using var backend = new FaultyBackend { FailReads = true };
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1"));
        await using var cache = new BackfillingCache(backend, source, NoBackfill);
        var error = await Assert.ThrowsAsync<CacheBackendException>(() => cache.GetAsync("a").AsTask());
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal((0, 0), (cache.Stats.Lookups, source.Reads));
    }

    [Fact]
    public async Task Get_BackendThatFails_WithBypass_ReadsTheSourceAndCountsNoMiss()
    {
        using var backend = new FaultyBackend { FailReads = true };
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1"));
        await using var cache = new BackfillingCache(backend, source, NoBackfill with { OnBackendFault = BackendFaultHandling.Bypass });
        Assert.Equal("1"u8.ToArray(), await cache.GetAsync("a"));
        Assert.Null(await cache.GetAsync("b"));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        await cache.LookUpAsync("a", buffer);
        Assert.Equal("1"u8.ToArray(), buffer.WrittenSpan.ToArray());
        Assert.Equal((0, 3), (cache.Stats.Lookups, cache.Stats.BackendFaults));
    }

    [Fact]
    public async Task Get_BackendThatFails_WithBypass_KeepsTheSourceUnderTheCap()
    {
        using var backend = new FaultyBackend { FailReads = true };
        int running = 0, most = 0;
        var source = new ScriptedSource
        {
            OnRead = async (_, _) =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
            },
        };
        await using var cache = new BackfillingCache(backend, source, NoBackfill with { OnBackendFault = BackendFaultHandling.Bypass, MaxBypassReads = 3 });
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => cache.GetAsync("key" + i).AsTask())));
        Assert.Equal(100, source.Reads);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task Get_BackendThatCannotStore_ThrowsUnlessBypassed()
    {
        using var backend = new FaultyBackend { FailWrites = true };
        var source = new ScriptedSource(ScriptedSource.Entry("a", "1"));
        await using (var strict = new BackfillingCache(backend, source, NoBackfill))
        {
            await Assert.ThrowsAsync<CacheBackendException>(() => strict.GetAsync("a").AsTask());
        }

        await using var lenient = new BackfillingCache(backend, source, NoBackfill with { OnBackendFault = BackendFaultHandling.Bypass });
        Assert.Equal("1"u8.ToArray(), await lenient.GetAsync("a"));
        Assert.Equal(1, lenient.Stats.BackendFaults);
    }

    [Fact]
    public async Task Get_AKeyThatAppearsAtTheSource_IsFound()
    {
        var source = new ScriptedSource();
        await using var rig = BackfillRig.Create(source, NoBackfill with { ExcludeSourceMisses = true });
        Assert.Null(await rig.Cache.GetAsync("a"));
        source.Entries = [ScriptedSource.Entry("a", "1")];
        Assert.Equal("1"u8.ToArray(), await rig.Cache.GetAsync("a"));
        await rig.Backend.DeleteAsync("a");
        await rig.Cache.GetAsync("a");
        Assert.Equal(1, rig.Stats.WindowMissRate); // without the first, known absent: 2 of 2
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nul\0")]
    public async Task Get_ABadKey_IsTheCallersFault(string? key)
    {
        await using var rig = BackfillRig.Create("a");
        await Assert.ThrowsAnyAsync<ArgumentException>(() => rig.Cache.GetAsync(key!).AsTask());
        Assert.Equal(0, rig.Stats.Lookups);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
