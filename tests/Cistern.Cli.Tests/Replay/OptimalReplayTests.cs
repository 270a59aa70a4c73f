namespace Cistern.Cli.Tests;

public sealed class OptimalReplayTests
{
    [Theory]
    [InlineData("abacabbca", 2, 5)]
    [InlineData("aba", 1, 1)]
    [InlineData("aaaa", 1, 3)]
    [InlineData("abcabcabc", 2, 4)]
    [InlineData("abcd", 4, 0)]
    [InlineData("abcabc", 1000, 3)]
    public void Hits_OfALogCountedByHand_AreTheMostThatArePossible(string keys, int capacity, int hits) => Assert.Equal(hits, Hits(ReplayLogs.OfText(keys), capacity));

    [Fact]
    public void Hits_OfSmallRandomLogs_AreThoseOfTheBestOfAllChoices()
    {
        var random = new Random(20261120);
        for (var round = 0; round < 500; round++)
        {
            var (keys, capacity) = (random.Next(1, 7), random.Next(1, 5));
            int[] requests = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(keys))];

            Assert.True(BestOfAll(requests, capacity) == Hits(LogOf(requests), capacity), $"capacity {capacity}: {string.Join(' ', requests)}");
        }
    }

    // Long enough that uses which were hits are swept from the queue, several times.
    [Fact]
    public void Hits_OfALongLog_AreThoseOfTheBestOfAllChoices()
    {
        var random = new Random(20261121);
        int[] requests = [.. Enumerable.Range(0, 50_000).Select(_ => Math.Min(random.Next(8), random.Next(8)))];

        Assert.Equal(BestOfAll(requests, 3), Hits(LogOf(requests), 3));
    }

    [Fact]
    public async Task Hits_OfEveryPolicy_AreAtMostThose()
    {
        var random = new Random(20261122);
        var log = ReplayLogs.Of(Enumerable.Range(0, 20_000).Select(_ => $"key:{Math.Min(random.Next(500), random.Next(500))}"));

        var report = await ReplayLogs.ReplayAsync(log, "1,20,100%", [.. EvictionModeText.All]);

        Assert.All(report.Results, result => Assert.InRange(result.Hits, 0, report.Results.Single(other => other.IsOptimum && other.Bound == result.Bound).Hits));
        Assert.Equal(20_000 - log.Keys.Length, report.Results.Last(result => result.IsOptimum).Hits);
    }

    [Fact]
    public void Run_Cancelled_Ends() => Assert.ThrowsAny<OperationCanceledException>(() =>
        new OptimalReplay(ReplayLogs.OfText("aa")).Run(new ReplayBound(ReplayMeasure.Capacity, 1), new ReplayProgress(), new CancellationToken(canceled: true)));

    private static long Hits(ReplayLog log, int capacity) =>
        new OptimalReplay(log).Run(new ReplayBound(ReplayMeasure.Capacity, capacity), new ReplayProgress(), TestContext.Current.CancellationToken).Hits;

    private static ReplayLog LogOf(int[] requests) => ReplayLogs.Of(requests.Select(key => $"key:{key}"));

    // For each set of keys that can be held, the most hits so far: after a miss the key is left out, or put beside those held, or in the place of one of them.
    private static long BestOfAll(int[] requests, int capacity)
    {
        var sets = 1 << (requests.Max() + 1);
        var most = new long[sets];
        Array.Fill(most, long.MinValue);
        most[0] = 0;
        foreach (var key in requests)
        {
            var next = new long[sets];
            Array.Fill(next, long.MinValue);
            for (var held = 0; held < sets; held++)
            {
                if (most[held] == long.MinValue) continue;
                var isHit = (held & (1 << key)) != 0;
                next[held] = Math.Max(next[held], most[held] + (isHit ? 1 : 0));
                if (isHit) continue;
                var with = held | (1 << key);
                if (System.Numerics.BitOperations.PopCount((uint)with) <= capacity) next[with] = Math.Max(next[with], most[held]);
                for (var other = 1; other < sets; other <<= 1)
                {
                    if ((held & other) != 0) next[with & ~other] = Math.Max(next[with & ~other], most[held]);
                }
            }

            most = next;
        }

        return most.Max();
    }
}
