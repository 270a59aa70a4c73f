using Polly.CircuitBreaker;

namespace Cistern.Tests;

/// <summary>A backend that is down is left alone, and tried again after a time.</summary>
public sealed class BreakerTests
{
    private static readonly TimeSpan BreakTime = TimeSpan.FromSeconds(5);

    private static readonly ResilienceOptions Options = ResilientRig.Options with
    {
        Retries = 0,
        BreakerFailureRate = 0.5,
        BreakerMinCalls = 4,
        BreakerWindow = TimeSpan.FromSeconds(60),
        BreakTime = BreakTime,
    };

    [Fact]
    public async Task Breaker_AtTheFailureRate_OpensAndKeepsCallsAway()
    {
        using var rig = new ResilientRig(Options);
        await rig.Backend.ExistsAsync("a");
        await rig.Backend.ExistsAsync("a");
        rig.Inner.Before = ScriptedBackend.FailFirst(4);
        for (var i = 0; i < 2; i++) Assert.IsType<IOException>((await rig.FailAsync(rig.Backend.GetAsync("a"))).InnerException);

        var error = await rig.FailAsync(rig.Backend.GetAsync("a"));

        Assert.IsType<BrokenCircuitException>(error.InnerException);
        Assert.Equal(4, rig.Inner.Calls);
    }

    [Fact]
    public async Task Breaker_AfterItsTime_ClosesWithTheFirstCallThatSucceeds()
    {
        using var rig = await OpenedAsync();
        rig.Clock.Advance(BreakTime - TimeSpan.FromMilliseconds(1));
        await rig.FailAsync(rig.Backend.GetAsync("a"));
        Assert.Equal(4, rig.Inner.Calls);

        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        rig.Inner.Before = ScriptedBackend.FailFirst(0);
        Assert.Null(await rig.Backend.GetAsync("a"));
        Assert.Null(await rig.Backend.GetAsync("a"));
        Assert.Equal(6, rig.Inner.Calls);
    }

    [Fact]
    public async Task Breaker_WhoseTrialFails_OpensAgain()
    {
        using var rig = await OpenedAsync();
        rig.Clock.Advance(BreakTime);
        Assert.IsType<IOException>((await rig.FailAsync(rig.Backend.GetAsync("a"))).InnerException);
        Assert.IsType<BrokenCircuitException>((await rig.FailAsync(rig.Backend.GetAsync("a"))).InnerException);
        Assert.Equal(5, rig.Inner.Calls);
    }

    [Fact]
    public async Task Breaker_AndRetry_CountEveryTry()
    {
        using var rig = new ResilientRig(Options with { Retries = 9, RetryDelay = TimeSpan.Zero, MaxRetryDelay = TimeSpan.Zero });
        rig.Inner.Before = ScriptedBackend.FailFirst(99);
        Assert.IsType<BrokenCircuitException>((await rig.FailAsync(rig.Backend.GetAsync("a"))).InnerException);
        Assert.Equal(4, rig.Inner.Calls);
    }

    [Fact]
    public async Task Writes_ThatHang_OpenItToo()
    {
        using var rig = new ResilientRig(Options with { CallTimeout = TimeSpan.FromSeconds(1) });
        rig.Inner.Before = ScriptedBackend.HangFirst(99);
        for (var i = 0; i < 4; i++)
        {
            var set = rig.Backend.SetAsync("a", default(ReadOnlyMemory<byte>)).AsTask();
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Assert.ThrowsAsync<CacheBackendException>(() => set);
        }

        Assert.IsType<BrokenCircuitException>((await rig.FailAsync(rig.Backend.GetAsync("a"))).InnerException);
    }

    [Fact]
    public async Task MissesRefusalsAndBadInput_NeverOpenIt()
    {
        using var rig = new ResilientRig(Options);
        await rig.Memory.SetAsync("there", default(ReadOnlyMemory<byte>));
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(await rig.Backend.GetAsync("a"));
            Assert.Equal(SetOutcome.Present, await rig.Backend.SetAsync("there", default(ReadOnlyMemory<byte>), new SetOptions { Condition = SetCondition.IfAbsent }));
        }

        rig.Inner.Before = (_, _) => throw new ArgumentException("refused by the backend");
        for (var i = 0; i < 100; i++) await Assert.ThrowsAsync<ArgumentException>(() => rig.Backend.GetAsync("a").AsTask());
        rig.Inner.Before = ScriptedBackend.FailFirst(0);
        Assert.Null(await rig.Backend.GetAsync("a"));
    }

    [Fact]
    public async Task Cache_OverAnOpenBreaker_ReadsTheSourceAtOnceIfItMayBypass()
    {
        using var rig = await OpenedAsync();
        var source = InMemorySource.FromStrings([new("a", "1")]);
        await using var cache = new BackfillingCache(rig.Backend, source, new BackfillOptions { OnBackendFault = BackendFaultHandling.Bypass }, rig.Clock);
        Assert.Equal("1"u8.ToArray(), await cache.GetAsync("a"));
        Assert.Equal((4, 1), (rig.Inner.Calls, cache.Stats.BackendFaults));
    }

    private static async Task<ResilientRig> OpenedAsync()
    {
        var rig = new ResilientRig(Options);
        rig.Inner.Before = ScriptedBackend.FailFirst(99);
        for (var i = 0; i < 4; i++) await rig.FailAsync(rig.Backend.GetAsync("a"));
        return rig;
    }
}
