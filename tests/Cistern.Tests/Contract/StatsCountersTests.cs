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
                counters.Count(StatsCount.Hit, 3);
                counters.Count(StatsCount.Miss, 1);
                counters.Count(StatsCount.Set, 2);
                counters.Count(StatsCount.Delete, 4);
                counters.Count(StatsCount.Eviction, 5);
                counters.Count(StatsCount.Expiration, 6);
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
        counters.Count(StatsCount.Hit, 5);
        counters.Count(StatsCount.Miss, 6);
        counters.Count(StatsCount.Set, 7);
        counters.Reset();
        Assert.Equal(default, counters.Read());
        counters.CountLookup(hit: true);
        counters.Count(StatsCount.Delete, 2);
        Assert.Equal(new StatsCounters.Totals(1, 0, 0, 2, 0, 0), counters.Read());
        counters.Reset();
        counters.Reset();
        Assert.Equal(default, counters.Read());
    }

    [Fact]
    public void Counts_OfManyThreadsThatComeAndGo_AreExact()
    {
        const int generations = 200, eachThread = 1000;
        var counters = new StatsCounters();
        for (var generation = 0; generation < generations; generation++)
        {
            var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                for (var i = 0; i < eachThread; i++) counters.CountHit();
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }

        Assert.Equal(generations * Threads * eachThread, counters.Read().Hits);
    }

    [Fact]
    public void Counts_OnMorePagesOfStacksThanHaveATally_AreExact()
    {
        const int pageBytes = 4096, depth = 1500, rounds = 20, stackBytes = 32 * 1024 * 1024;
        var counters = new StatsCounters();
        using var start = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < rounds; i++) CountDown(depth);
            },
            stackBytes)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(new StatsCounters.Totals(Threads * rounds * depth, 0, 2 * Threads * rounds * depth, 0, 0, 0), counters.Read());

        void CountDown(int left)
        {
            Span<byte> page = stackalloc byte[pageBytes];
            page[left % pageBytes] = 1;
            counters.CountHit();
            counters.Count(StatsCount.Set, 1 + page[left % pageBytes]);
            if (left > 1) CountDown(left - 1);
        }
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
