using System.Buffers;
using Polly.Timeout;

namespace Cistern.Tests;

/// <summary>A call that hangs ends at its timeout, also where the backend takes no notice; and what lands late harms nobody.</summary>
public sealed class TimeoutTests
{
    private static readonly byte[] Value = [1, 2, 3];
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly ResilienceOptions Once = ResilientRig.Options with { Retries = 0, CallTimeout = Second };
    private static readonly ResilienceOptions Twice = Once with { Retries = 1, RetryDelay = TimeSpan.Zero, MaxRetryDelay = TimeSpan.Zero };

    [Fact]
    public async Task Get_ThatHangs_EndsAtTheTimeout()
    {
        using var rig = new ResilientRig(Once);
        rig.Inner.Before = ScriptedBackend.HangFirst(1);
        var call = rig.Backend.GetAsync("a").AsTask();
        rig.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(call.IsCompleted);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var error = await Assert.ThrowsAsync<CacheBackendException>(() => call);
        Assert.IsType<TimeoutRejectedException>(error.InnerException);
        Assert.StartsWith("memory: get failed: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ThatHangsOnce_IsTriedAgain()
    {
        using var rig = new ResilientRig(Twice);
        await rig.Memory.SetAsync("a", Value);
        rig.Inner.Before = ScriptedBackend.HangFirst(1);
        var call = rig.Backend.GetAsync("a").AsTask();
        rig.Clock.Advance(Second);
        Assert.Equal(Value, await call);
        Assert.Equal(2, rig.Inner.Calls);
    }

    public static TheoryData<string> PlainWrites => [.. Writes.Keys];

    private static Dictionary<string, Func<CacheBackend, CancellationToken, Task>> Writes { get; } = new()
    {
        ["set"] = async (backend, token) => await backend.SetAsync("a", Value, cancellationToken: token),
        ["set if absent"] = async (backend, token) => await backend.SetAsync("a", Value, new SetOptions { Condition = SetCondition.IfAbsent }, token),
        ["set many"] = async (backend, token) => await backend.SetManyAsync([new("a", Value, SetOptions.IfNewer(7)), new("b", Value)], token),
        ["touch"] = async (backend, token) => await backend.TouchAsync("a", Second, token),
        ["delete"] = async (backend, token) => await backend.DeleteAsync("a", token),
        ["delete many"] = async (backend, token) => await backend.DeleteManyAsync(["a"], token),
        ["clear"] = async (backend, token) => await backend.ClearAsync(token),
    };

    [Theory]
    [MemberData(nameof(PlainWrites))]
    public async Task Write_ThatHangs_IsNotTriedAgain(string write)
    {
        using var rig = new ResilientRig(Twice);
        rig.Inner.Before = ScriptedBackend.HangFirst(1);
        var call = Writes[write](rig.Backend, CancellationToken.None);
        rig.Clock.Advance(Second);
        var error = await Assert.ThrowsAsync<CacheBackendException>(() => call);
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal(1, rig.Inner.Calls);
    }

    [Theory]
    [MemberData(nameof(PlainWrites))]
    public async Task Write_ThatTheBackendItselfGaveUp_IsNotTriedAgain(string write)
    {
        foreach (var fault in new Exception[] { new TimeoutException(), new OperationCanceledException(), new IOException("no answer", new TimeoutException()) })
        {
            using var rig = new ResilientRig(Twice);
            rig.Inner.Before = (_, _) => Task.FromException(fault);
            var error = await Assert.ThrowsAsync<CacheBackendException>(() => Writes[write](rig.Backend, CancellationToken.None));
            Assert.IsType<TimeoutException>(error.InnerException);
            Assert.Equal(1, rig.Inner.Calls);
        }
    }

    [Theory]
    [MemberData(nameof(PlainWrites))]
    public async Task Write_ThatHangsInAWrapperInAWrapper_IsNotTriedAgain(string write)
    {
        using var rig = new ResilientRig(Twice);
        using var outer = new ResilientBackend(rig.Backend, Twice with { CallTimeout = null });
        rig.Inner.Before = ScriptedBackend.HangFirst(1);
        var call = Writes[write](outer, CancellationToken.None);
        rig.Clock.Advance(Second);
        await Assert.ThrowsAsync<CacheBackendException>(() => call);
        Assert.Equal(1, rig.Inner.Calls);
    }

    [Theory]
    [MemberData(nameof(PlainWrites))]
    public async Task Write_ThatHangs_EndsWhenItsCallerCancels(string write)
    {
        using var rig = new ResilientRig(Twice);
        rig.Inner.Before = ScriptedBackend.HangFirst(1);
        using var impatient = new CancellationTokenSource();
        var call = Writes[write](rig.Backend, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(1, rig.Inner.Calls);
    }

    [Fact]
    public async Task VersionedWrites_ThatHangOnce_AreTriedAgain()
    {
        using var rig = new ResilientRig(Twice);
        rig.Inner.Before = (call, _) => call % 2 == 1 ? new TaskCompletionSource().Task : Task.CompletedTask;
        var set = rig.Backend.SetAsync("a", Value, SetOptions.IfNewer(7)).AsTask();
        rig.Clock.Advance(Second);
        Assert.Equal(SetOutcome.Stored, await set);
        var many = rig.Backend.SetManyAsync([new("a", Value, SetOptions.IfNewer(8)), new("b", Value, SetOptions.IfNewer(8))]).AsTask();
        rig.Clock.Advance(Second);
        Assert.Equal([SetOutcome.Stored, SetOutcome.Stored], await many);
        var delete = rig.Backend.DeleteAsync("a", 9).AsTask();
        rig.Clock.Advance(Second);
        Assert.True(await delete);
        Assert.Equal(6, rig.Inner.Calls);
    }

    [Fact]
    public async Task Set_ThatLandsLate_StoresWhatItWasGivenThoughTheCallerReusedItsMemory()
    {
        using var rig = new ResilientRig(Once);
        var (gate, landed) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Inner.Before = (_, _) => gate.Task;
        rig.Inner.After = (_, _) =>
        {
            landed.TrySetResult();
            return Task.CompletedTask;
        };
        var memory = Value.AsSpan().ToArray();
        var call = rig.Backend.SetAsync("a", memory).AsTask();
        rig.Clock.Advance(Second);
        await Assert.ThrowsAsync<CacheBackendException>(() => call);
        memory.AsSpan().Fill(99);
        gate.SetResult();
        await landed.Task;
        Assert.Equal(Value, await rig.Memory.GetAsync("a"));
    }

    [Fact]
    public async Task Set_ThatLandsLate_StoresTheMetadataItWasGiven()
    {
        using var rig = new ResilientRig(Once);
        var (gate, landed) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Inner.Before = (_, _) => gate.Task;
        rig.Inner.After = (_, _) =>
        {
            landed.TrySetResult();
            return Task.CompletedTask;
        };
        var metadata = new Dictionary<string, string> { ["from"] = "the call" };
        var call = rig.Backend.SetAsync("a", Value, new SetOptions { Metadata = metadata }).AsTask();
        rig.Clock.Advance(Second);
        await Assert.ThrowsAsync<CacheBackendException>(() => call);
        metadata["from"] = "later";
        gate.SetResult();
        await landed.Task;
        Assert.Equal("the call", (await rig.Memory.GetEntryAsync("a"))!.Metadata!["from"]);
    }

    [Fact]
    public async Task Set_WhoseEndPassesBetweenTwoTries_IsAFaultAndNotBadInput()
    {
        using var rig = new ResilientRig(Twice with { RetryDelay = Second, MaxRetryDelay = Second * 10 });
        rig.Inner.Before = ScriptedBackend.FailFirst(1);
        var ending = SetOptions.Default with { AbsoluteExpiration = rig.Clock.GetUtcNow().AddMilliseconds(1) };
        var error = await rig.FailAsync(rig.Backend.SetAsync("a", Value, ending));
        Assert.IsType<TimeoutException>(error.InnerException);

        rig.Inner.Before = (call, _) => call == 2 ? Task.FromException(new IOException("line 2 is cut")) : Task.CompletedTask;
        ending = ending with { AbsoluteExpiration = rig.Clock.GetUtcNow().AddMilliseconds(1) };
        error = await rig.FailAsync(rig.Backend.SetManyAsync([new("b", Value), new("a", Value, ending)]));
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    [Fact]
    public async Task Get_IntoABuffer_OfATryThatAnswersLate_AppendsTheValueOnce()
    {
        using var rig = new ResilientRig(Twice);
        await rig.Memory.SetAsync("a", Value);
        var gate = new TaskCompletionSource();
        rig.Inner.After = (call, _) => call == 1 ? gate.Task : Task.CompletedTask;
        var buffer = new ArrayBufferWriter<byte>();
        var call = rig.Backend.TryGetAsync("a", buffer).AsTask();
        rig.Clock.Advance(Second);
        Assert.True(await call);
        gate.SetResult();
        Assert.Equal(Value, buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task Listing_ThatHangsAtItsStart_IsBegunAnew()
    {
        using var rig = new ResilientRig(Twice);
        await rig.Memory.SetAsync("a", Value);
        rig.Inner.Before = ScriptedBackend.HangFirst(1);
        var listing = rig.Backend.KeysAsync().ToListAsync().AsTask();
        rig.Clock.Advance(Second);
        Assert.Equal(["a"], await listing);
    }

    [Fact]
    public async Task Listing_ThatIsSlowInTheMiddle_IsWaitedForAndRepeatsNothing()
    {
        using var rig = new ResilientRig(Twice);
        foreach (var key in new[] { "a", "b", "c" }) await rig.Memory.SetAsync(key, Value);
        var gate = new TaskCompletionSource();
        rig.Inner.Before = (call, _) => call == 2 ? gate.Task : Task.CompletedTask;
        var listing = rig.Backend.KeysAsync().ToListAsync().AsTask();
        rig.Clock.Advance(Second);
        await rig.Clock.WaitForTimerAsync(Second);
        gate.SetResult();
        Assert.Equal(["a", "b", "c"], (await listing).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Listing_ThatHangsInTheMiddle_EndsAfterAllItsTries()
    {
        using var rig = new ResilientRig(Twice);
        foreach (var key in new[] { "a", "b", "c" }) await rig.Memory.SetAsync(key, Value);
        rig.Inner.Before = (call, _) => call == 2 ? new TaskCompletionSource().Task : Task.CompletedTask;
        var listing = rig.Backend.KeysAsync().ToListAsync().AsTask();
        rig.Clock.Advance(Second);
        await rig.Clock.WaitForTimerAsync(Second);
        rig.Clock.Advance(Second);
        Assert.IsType<TimeoutRejectedException>((await Assert.ThrowsAsync<CacheBackendException>(() => listing)).InnerException);
    }
}
