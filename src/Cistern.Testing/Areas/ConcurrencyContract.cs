using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: many callers at once. Short, on purpose: what only shows under load belongs into stress tests.</summary>
public abstract class ConcurrencyContract : ArgumentContract
{
    private const int Callers = 8;
    private const int Rounds = 60;

    private protected ConcurrencyContract()
    {
    }

    [Fact]
    public async Task Callers_EachItsOwnKeys_CountersAreExact()
    {
        await TogetherAsync(async caller =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var key = $"{caller}:{i}";
                Assert.Null(await Backend.GetAsync(key));
                await StoreAsync(key, $"value {key}");
                Assert.Equal($"value {key}", await TextAsync(key));
                if (i % 2 == 0) Assert.True(await Backend.DeleteAsync(key));
            }
        });
        const long Calls = Callers * Rounds;
        await AssertCountedAsync(hits: Calls, misses: Calls, sets: Calls, deletes: Calls / 2);
        Assert.Equal((int)Calls / 2, (await KeysAsync()).Count);
    }

    [Fact]
    public async Task Callers_OneKey_EveryReadIsAValueSomeoneWrote()
    {
        await StoreAsync("key", Written(0, 0));
        await TogetherAsync(async caller =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                if (caller % 2 == 0) await StoreAsync("key", Written(caller, i));
                else AssertWritten(await TextAsync("key"));
            }
        });
        AssertWritten(await TextAsync("key"));
        Assert.Equal(["key"], await KeysAsync());
    }

    [Fact]
    public async Task Callers_SetIfAbsentOnOneKey_OneWins()
    {
        for (var round = 0; round < 10; round++)
        {
            var key = $"key {round}";
            var stored = new bool[Callers];
            await TogetherAsync(async caller => stored[caller] = await SetAsync(key, $"{caller}", IfAbsent) == SetOutcome.Stored);
            Assert.Equal(1, stored.Count(won => won));
            Assert.Equal($"{Array.IndexOf(stored, true)}", await TextAsync(key));
        }
    }

    [Fact]
    public async Task Callers_DeleteOneKey_OneDeletes()
    {
        for (var round = 0; round < 10; round++)
        {
            await StoreAsync("key");
            var deleted = new bool[Callers];
            await TogetherAsync(async caller => deleted[caller] = await Backend.DeleteAsync("key"));
            Assert.Equal(1, deleted.Count(won => won));
        }
    }

    [Fact]
    public async Task Callers_VersionsOnOneKey_TheHighestStays()
    {
        await TogetherAsync(async caller =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var version = i * Callers + caller;
                await SetAsync("key", $"{version}", SetOptions.IfNewer(version));
            }
        });
        Assert.Equal($"{Callers * Rounds - 1}", await TextAsync("key"));
        Assert.Equal(Callers * Rounds - 1, (await EntryAsync("key")).Version);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Callers_OneVersionOnOneKey_OneStoresAndTheOthersAreCurrent(bool inBatches)
    {
        for (var round = 0; round < 10; round++)
        {
            var outcomes = new SetOutcome[Callers];
            await TogetherAsync(async caller => outcomes[caller] = inBatches
                ? (await Backend.SetManyAsync([Request($"{caller}:{round}", "own"), Request("key", $"{caller}", SetOptions.IfNewer(round))]))[1]
                : await SetAsync("key", $"{caller}", SetOptions.IfNewer(round)));
            Assert.Equal(1, outcomes.Count(outcome => outcome == SetOutcome.Stored));
            Assert.Equal(Callers - 1, outcomes.Count(outcome => outcome == SetOutcome.AlreadyCurrent));
            Assert.Equal($"{Array.IndexOf(outcomes, SetOutcome.Stored)}", await TextAsync("key"));
        }
    }

    [Fact]
    public async Task Callers_DeleteOneKeyWithAVersion_OneDeletesAndOlderOnesStayOut()
    {
        for (var round = 0; round < 10; round++)
        {
            await StoreAsync("key", "value", SetOptions.IfNewer(round * 10));
            var deleted = new bool[Callers];
            await TogetherAsync(async caller => deleted[caller] = await Backend.DeleteAsync("key", round * 10 + caller));
            Assert.Equal(1, deleted.Count(won => won));
            Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(round * 10 + Callers - 1)));
        }
    }

    [Fact]
    public async Task Callers_Batches_AllAreStored()
    {
        await TogetherAsync(async caller =>
        {
            for (var i = 0; i < 10; i++)
            {
                var requests = Enumerable.Range(0, 10).Select(n => Request($"{caller}:{i}:{n}", "value")).Append(Request("shared", $"{caller}")).ToList();
                Assert.All(await Backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
                Assert.Equal(11, (await Backend.GetManyAsync(requests.Select(request => request.Key))).Count);
            }
        });
        Assert.Equal(Callers * 100 + 1, (await KeysAsync()).Count);
        await AssertCountedAsync(hits: Callers * 110, misses: 0, sets: Callers * 110, deletes: 0);
    }

    [Fact]
    public async Task Callers_EverythingAtOnce_LeavesAWholeBackend()
    {
        await TogetherAsync(async caller =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var key = $"key {(caller + i) % 5}";
                switch ((caller * 7 + i) % 8)
                {
                    case 0: await StoreAsync(key, new string('x', i), Lasting(1_000)); break;
                    case 1: await SetAsync(key, "versioned", SetOptions.IfNewer(i)); break;
                    case 2: await Backend.DeleteAsync(key); break;
                    case 3: await Backend.DeleteAsync(key, i); break;
                    case 4: await Backend.TouchAsync(key, TimeSpan.FromSeconds(2)); break;
                    case 5: await KeysAsync(); break;
                    case 6: await ClearAsync(); break;
                    default: await Backend.GetEntryAsync(key); break;
                }
            }
        });

        // The recount after the test is the assertion; this one says that something was there to go wrong.
        Assert.True((await Backend.GetStatsAsync()).Sets > 0);
    }

    [Fact]
    public async Task Callers_ABoundedBackend_NeverExceedsItsBounds()
    {
        var backend = await OpenBoundedAsync(capacity: 10, maxSizeBytes: 100);
        await TogetherAsync(async caller =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                await StoreAsync(backend, $"{caller}:{i % 20}", Sized(i % 30));
                var stats = await backend.GetStatsAsync();
                Assert.True(stats.CurrentEntries is null or <= 10);
                Assert.True(stats.CurrentSizeBytes is null or <= 100);
            }
        });
    }

    private static string Written(int caller, int round) => new((char)('a' + caller), 1 + round * 13);

    private static void AssertWritten(string? text)
    {
        Assert.NotNull(text);
        Assert.True((text.Length - 1) % 13 == 0 && text.All(letter => letter == text[0]), $"Torn: {text.Length} letters, {text.Distinct().Count()} of them different.");
    }

    private static async Task TogetherAsync(Func<int, Task> work)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            await start.Task;
            await work(caller);
        })).ToList();
        start.SetResult();
        await Task.WhenAll(callers);
    }
}
