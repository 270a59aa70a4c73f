namespace Cistern.Tests.Contract;

/// <summary>The counters under threads: nothing is lost, also while they are read and reset.</summary>
public sealed class StatsCountersTests
{
    private const int Threads = 8;
    private const int Rounds = 50_000;

    private static void CountFromManyThreads(StatsCounters counters)
    {
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                counters.CountLookup(hit: i % 2 == 0);
                counters.CountLookups(3, 1);
                counters.CountSets(2);
                counters.CountDeletes(4);
                counters.CountEvictions(5);
                counters.CountExpirations(6);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static StatsCounters.Totals Expected(long rounds) => new(rounds / 2 + 3 * rounds, rounds / 2 + rounds, 2 * rounds, 4 * rounds, 5 * rounds, 6 * rounds);

    [Fact]
    public void Counts_OfManyThreads_AreExact()
    {
        var counters = new StatsCounters();
        CountFromManyThreads(counters);
        Assert.Equal(Expected((long)Threads * Rounds), counters.Read());
    }

    [Fact]
    public void Reset_AfterCounts_StartsFromZero()
    {
        var counters = new StatsCounters();
        counters.CountLookups(5, 6);
        counters.CountSets(7);
        counters.Reset();
        Assert.Equal(default, counters.Read());
        counters.CountLookup(hit: true);
        counters.CountDeletes(2);
        Assert.Equal(new StatsCounters.Totals(1, 0, 0, 2, 0, 0), counters.Read());
        counters.Reset();
        counters.Reset();
        Assert.Equal(default, counters.Read());
    }

    [Fact]
    public void CountLookups_OfNothing_CountsNothing()
    {
        var counters = new StatsCounters();
        counters.CountLookups(0, 0);
        Assert.Equal(default, counters.Read());
    }

    [Fact]
    public async Task ReadAndReset_WhileOthersCount_NeverGoBackwardsOrBelowZero()
    {
        var counters = new StatsCounters();
        var counting = Task.Run(() => CountFromManyThreads(counters));
        StatsCounters.Totals last = default;
        for (var i = 0; !counting.IsCompleted; i++)
        {
            var now = counters.Read();
            Assert.True(now.Hits >= last.Hits && now.Misses >= last.Misses && now.Sets >= last.Sets && now.Expirations >= last.Expirations);
            last = now;
            if (i % 5 != 0) continue;
            counters.Reset();
            last = default;
        }

        await counting;
        counters.Reset();
        CountFromManyThreads(counters);
        Assert.Equal(Expected((long)Threads * Rounds), counters.Read());
    }
}
