namespace Cistern.Cli.Tests;

public sealed class PolicyReplayTests
{
    [Theory]
    [InlineData(EvictionMode.Lru, 1, 1, 7)]
    [InlineData(EvictionMode.Lru, 2, 3, 4)]
    [InlineData(EvictionMode.Lru, 3, 6, 0)]
    [InlineData(EvictionMode.OldestAdded, 1, 1, 7)]
    [InlineData(EvictionMode.OldestAdded, 2, 2, 5)]
    [InlineData(EvictionMode.OldestAdded, 3, 6, 0)]
    public async Task Hits_OfALogCountedByHand_AreThose(EvictionMode policy, int capacity, int hits, int evictions)
    {
        var report = await ReplayLogs.ReplayAsync(ReplayLogs.OfText("abacabbca"), capacity.ToString(), policy);

        var result = report.Results[0];
        Assert.Equal((9L, hits, evictions, capacity), (result.Requests, (int)result.Hits, (int)result.Stats!.Evictions!, (int)result.Stats.CurrentEntries!));
        Assert.Equal(hits / 9.0, result.HitRatio);
        Assert.Null(result.ByteHitRatio);
        Assert.Equal(100L * capacity, result.Stats.CurrentSizeBytes);
        Assert.InRange(result.PeakMemoryBytes!.Value, result.Stats.MemoryBytes!.Value, 1_000_000);
    }

    [Theory]
    [InlineData(EvictionMode.Lru)]
    [InlineData(EvictionMode.OldestAdded)]
    [InlineData(EvictionMode.S3Fifo)]
    [InlineData(EvictionMode.TinyLfu)]
    [InlineData(EvictionMode.Adaptive)]
    public async Task Hits_WithRoomForAll_AreAllButTheFirstOfEachKey(EvictionMode policy)
    {
        var report = await ReplayLogs.ReplayAsync(ReplayLogs.Of(Enumerable.Range(0, 10_000).Select(i => $"key:{i % 1000}")), "100%", policy);

        Assert.Equal((9_000L, 9_000L), (report.Results[0].Hits, report.Results[1].Hits));
        Assert.Equal((0L, 1_000L), (report.Results[0].Stats!.Evictions, report.Results[0].Stats!.CurrentEntries));
    }

    [Fact]
    public async Task Report_OfSeveral_HasThemByBoundAndInTheOrderOfThePolicies()
    {
        var report = await ReplayLogs.ReplayAsync(ReplayLogs.OfText("abacabbca"), "3,1", EvictionMode.OldestAdded, EvictionMode.Lru);

        Assert.Equal(["1 oldest_added", "1 lru", "1 optimum", "3 oldest_added", "3 lru", "3 optimum"], report.Results.Select(result => $"{result.Bound.Amount} {result.Policy}"));
        Assert.Equal((9L, 3L, 900L, 300L), (report.Requests, report.DistinctKeys, report.RequestedBytes, report.FootprintBytes));
    }

    [Fact]
    public async Task Progress_AtTheEnd_HasCountedEveryRequestOfEveryReplay()
    {
        var (log, progress) = (ReplayLogs.Of(Enumerable.Range(0, 10_000).Select(i => $"key:{i % 50}")), new ReplayProgress());
        Assert.Equal("0 requests read", ReplayProgressView.Describe(progress));

        await ReplayRuns.RunAsync(log, [EvictionMode.Lru, EvictionMode.Adaptive], BoundChoice.Default.Resolve(50), progress, TestContext.Current.CancellationToken);

        // 1 and 2 % of 50 keys are one entry both.
        Assert.Equal((150_000L, 150_000L), (progress.Done, progress.Total));
        Assert.Equal("150,000 of 150,000 requests replayed (100 %)", ReplayProgressView.Describe(progress));
    }

    [Fact]
    public async Task MaxSize_AValueThatIsLarger_IsNotStoredAndCounted()
    {
        var requests = new ReplayLogBuilder(100, hasSizes: true);
        foreach (var (key, size) in new[] { ("small", 10), ("large", 1000), ("small", 10), ("large", 1000) }) Assert.Null(requests.Add(key, size));
        var bounds = BoundChoice.ParseBytes(ReplayMeasure.MaxSize, "--max-size", ["500"]).Resolve(2);

        var report = await ReplayRuns.RunAsync(requests.Build("log"), [EvictionMode.Lru], bounds, new ReplayProgress(), TestContext.Current.CancellationToken);

        var result = Assert.Single(report.Results);
        Assert.Equal((1L, 2L, 10L), (result.Hits, result.TooLarge, result.Stats!.CurrentSizeBytes!.Value));
        Assert.Equal(10.0 / 2020, result.ByteHitRatio);
    }

    [Fact]
    public void Room_ThatIsNotThere_IsRefusedBeforeAnythingRuns()
    {
        var log = ReplayLogs.Of(Enumerable.Range(0, 1000).Select(i => $"key:{i}"), valueBytes: 1 << 20);
        var bounds = BoundChoice.ParseCapacities(["10%,50%"]).Resolve(1000);

        var error = Assert.Throws<BadInputException>(() => ReplayRoom.Find(log, bounds, availableBytes: 100L << 20));

        Assert.Equal("with 500 entries the cache would hold about 500.06 MB, and 100 MB of memory are available; give a smaller --capacity, --max-size or --max-memory", error.Message);
        Assert.Equal(1, ReplayRoom.Find(log, bounds, availableBytes: 600L << 20));
        Assert.Equal(Environment.ProcessorCount, ReplayRoom.Find(log, bounds, availableBytes: 1L << 50));
        Assert.Equal(1, ReplayRoom.Find(log, BoundChoice.ParseBytes(ReplayMeasure.MaxMemory, "--max-memory", ["60MB"]).Resolve(1000), availableBytes: 100L << 20));
    }
}
