using System.Buffers;

namespace Cistern.Tests;

/// <summary>A call that fails is made again; what that may answer.</summary>
public sealed class RetryTests
{
    private static readonly byte[] Value = [1, 2, 3];

    public static TheoryData<string> Operations => [.. Calls.Keys];

    private static Dictionary<string, Func<CacheBackend, Task<object?>>> Calls { get; } = new()
    {
        ["get"] = async backend => Convert.ToHexString((await backend.GetAsync("a"))!),
        ["get into a buffer"] = async backend =>
        {
            var buffer = new ArrayBufferWriter<byte>();
            return await backend.TryGetAsync("a", buffer) ? Convert.ToHexString(buffer.WrittenSpan) : null;
        },
        ["get entry"] = async backend => (await backend.GetEntryAsync("a"))!.SizeBytes,
        ["set"] = async backend => await backend.SetAsync("b", Value),
        ["set if newer"] = async backend => await backend.SetAsync("b", Value, SetOptions.IfNewer(7)),
        ["touch"] = async backend => await backend.TouchAsync("a", TimeSpan.FromHours(1)),
        ["delete"] = async backend => await backend.DeleteAsync("a"),
        ["delete a version"] = async backend => await backend.DeleteAsync("a", 7),
        ["exists"] = async backend => await backend.ExistsAsync("a"),
        ["clear"] = async backend => await backend.ClearAsync(),
        ["get many"] = async backend => (await backend.GetManyAsync(["a", "z"])).Count,
        ["exists many"] = async backend => (await backend.ExistsManyAsync(["a", "z"])).Count,
        ["set many"] = async backend => string.Join(' ', await backend.SetManyAsync([new("b", Value), new("c", Value)])),
        ["delete many"] = async backend => await backend.DeleteManyAsync(["a", "z"]),
        ["keys"] = async backend => string.Join(' ', await backend.KeysAsync().ToListAsync()),
        ["stats"] = async backend => (await backend.GetStatsAsync()).CurrentEntries,
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Call_ThatFailsTwice_AnswersAsIfItHadNot(string operation)
    {
        using var plain = new ResilientRig(ResilientRig.Options);
        using var rig = new ResilientRig(ResilientRig.Options);
        await plain.Memory.SetAsync("a", Value);
        await rig.Memory.SetAsync("a", Value);
        rig.Inner.Before = ScriptedBackend.FailFirst(2);

        var answer = await rig.PassAsync(new ValueTask<object?>(Calls[operation](rig.Backend)));

        Assert.Equal(await Calls[operation](plain.Backend), answer);
        Assert.Equal((1, 3), (plain.Inner.Calls, rig.Inner.Calls));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Call_ThatFailsOnceTooOften_ThrowsTheBackendsFault(string operation)
    {
        using var rig = new ResilientRig(ResilientRig.Options);
        await rig.Memory.SetAsync("a", Value);
        rig.Inner.Before = ScriptedBackend.FailFirst(3);

        var error = await rig.FailAsync(new ValueTask<object?>(Calls[operation](rig.Backend)));

        Assert.Equal("line 3 is cut", Assert.IsType<IOException>(error.InnerException).Message);
        Assert.Equal(3, rig.Inner.Calls);
    }

    [Fact]
    public async Task Retries_ComeAfterDelaysThatGrowButNotBeyondTheMost()
    {
        var options = ResilientRig.Options with { Retries = 9, CallTimeout = null, Random = new Random(5) };
        using var rig = new ResilientRig(options);
        var times = new List<DateTimeOffset>();
        rig.Inner.Before = (_, _) =>
        {
            times.Add(rig.Clock.GetUtcNow());
            throw new IOException("the line is cut");
        };
        var call = rig.Backend.GetAsync("a").AsTask();
        while (!call.IsCompleted)
        {
            await Task.WhenAny(call, rig.Clock.WaitForTimerAsync(options.MaxRetryDelay));
            rig.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        await Assert.ThrowsAsync<CacheBackendException>(() => call);
        var delays = times.Zip(times.Skip(1), (from, to) => (to - from).TotalSeconds).ToArray();
        Assert.Equal(9, delays.Length);
        Assert.All(delays, delay => Assert.InRange(delay, 0.01, 10.01));
        Assert.True(delays[^1] > delays[0]);
        Assert.True(delays.Distinct().Count() > 3, "The delays do not differ.");
    }

    [Fact]
    public async Task Call_ThatFailsWithoutRetries_IsMadeOnce()
    {
        using var rig = new ResilientRig(ResilientRig.Options with { Retries = 0 });
        rig.Inner.Before = ScriptedBackend.FailFirst(1);
        await rig.FailAsync(rig.Backend.GetAsync("a"));
        Assert.Equal(1, rig.Inner.Calls);
    }

    [Fact]
    public async Task Miss_AndRefusal_AreAnswersAndNotTriedAgain()
    {
        using var rig = new ResilientRig(ResilientRig.Options);
        Assert.Null(await rig.Backend.GetAsync("a"));
        await rig.Memory.SetAsync("a", Value);
        Assert.Equal(SetOutcome.Present, await rig.Backend.SetAsync("a", Value, new SetOptions { Condition = SetCondition.IfAbsent }));
        Assert.Equal(2, rig.Inner.Calls);
    }

    [Fact]
    public async Task BadInput_IsThrownAndNotTriedAgain()
    {
        using var rig = new ResilientRig(ResilientRig.Options);
        rig.Inner.Before = (_, _) => throw new ArgumentException("refused by the backend");
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Backend.GetAsync("a").AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => rig.Backend.GetAsync(null!).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Backend.KeysAsync("[").ToListAsync().AsTask());
        Assert.Equal(1, rig.Inner.Calls);
    }

    [Fact]
    public async Task Cancellation_DuringADelay_EndsTheCall()
    {
        using var rig = new ResilientRig(ResilientRig.Options);
        rig.Inner.Before = ScriptedBackend.FailFirst(2);
        using var impatient = new CancellationTokenSource();
        var call = rig.Backend.GetAsync("a", impatient.Token).AsTask();
        await rig.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(10));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(1, rig.Inner.Calls);
    }

    [Theory]
    [InlineData(SetCondition.Always, SetOutcome.Stored)]
    [InlineData(SetCondition.IfAbsent, SetOutcome.Present)]
    [InlineData(SetCondition.IfNewer, SetOutcome.AlreadyCurrent)]
    public async Task Set_WhoseAnswerWasLost_AnswersWhatTheNextTryFinds(SetCondition condition, SetOutcome outcome)
    {
        using var rig = new ResilientRig(ResilientRig.Options);
        rig.Inner.After = ScriptedBackend.FailFirst(1);
        var options = new SetOptions { Condition = condition, Version = condition == SetCondition.IfNewer ? 7 : null };
        Assert.Equal(outcome, await rig.PassAsync(rig.Backend.SetAsync("a", Value, options)));
        Assert.Equal(Value, await rig.Memory.GetAsync("a"));
    }

    [Fact]
    public async Task Delete_WhoseAnswerWasLost_IsFalseThoughTheEntryIsGone()
    {
        using var rig = new ResilientRig(ResilientRig.Options);
        await rig.Memory.SetAsync("a", Value);
        rig.Inner.After = ScriptedBackend.FailFirst(1);
        Assert.False(await rig.PassAsync(rig.Backend.DeleteAsync("a")));
        Assert.False(await rig.Memory.ExistsAsync("a"));
    }

    [Fact]
    public async Task Listing_ThatBreaksOff_IsAFaultAndNeverAnEarlyEnd()
    {
        using var rig = new ResilientRig(ResilientRig.Options);
        foreach (var key in new[] { "a", "b", "c" }) await rig.Memory.SetAsync(key, Value);
        rig.Inner.Before = (call, _) => call == 2 ? Task.FromException(new IOException("the line is cut")) : Task.CompletedTask;
        var listed = new List<string>();
        await Assert.ThrowsAsync<CacheBackendException>(async () =>
        {
            await foreach (var key in rig.Backend.KeysAsync()) listed.Add(key);
        });
        Assert.Single(listed);
        Assert.Equal(2, rig.Inner.Calls);
    }
}
