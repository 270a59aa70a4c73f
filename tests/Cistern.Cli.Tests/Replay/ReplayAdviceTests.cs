namespace Cistern.Cli.Tests;

public sealed class ReplayAdviceTests
{
    [Fact]
    public void Advice_OfSeveralBounds_NamesWinnersAndTheSmallestThatIsNearlyEnough() => Assert.Equal(
        "lru has the best hit ratio at 10 to 20 entries, s3fifo at 50 entries, lru at 100 entries; the smallest capacity within 1 point of the largest hit ratio (60.50 %) is 50 entries, with s3fifo (59.50 %).",
        ReplayAdvice.Of(Report((10, 400, 300), (20, 500, 450), (50, 590, 595), (100, 605, 600))));

    [Fact]
    public void Advice_JustBeyondAPoint_TakesTheNextBound() => Assert.EndsWith(
        "is 100 entries, with lru (60.50 %).", ReplayAdvice.Of(Report((50, 590, 594), (100, 605, 600))), StringComparison.Ordinal);

    [Fact]
    public void Advice_OfOneBound_IsItsWinner() => Assert.Equal("s3fifo has the best hit ratio at 1 entry: 45.00 %.", ReplayAdvice.Of(Report((1, 400, 450))));

    [Fact]
    public void Advice_WhereNoKeyComesTwice_SaysSo() => Assert.Equal("No key is asked for twice: no cache would have a hit.", ReplayAdvice.Of(Report((1, 0, 0)) with { DistinctKeys = 1000 }));

    [Fact]
    public void Best_OfEqualHits_IsTheOneWithTheLeastMemory()
    {
        var report = Report((1, 400, 400));

        Assert.Equal("lru", report.BestAt(report.Bounds[0]).Policy);
        report = report with { Results = [.. report.Results.Select((result, i) => result with { Stats = new CacheStats { Backend = "memory", MemoryBytes = 1000 - i } })] };
        Assert.Equal("s3fifo", report.BestAt(report.Bounds[0]).Policy);
    }

    // A thousand requests, of which the optimum has all as hits.
    private static ReplayReport Report(params (int Capacity, int Lru, int S3Fifo)[] hits)
    {
        ReplayBound[] bounds = [.. hits.Select(each => new ReplayBound(ReplayMeasure.Capacity, each.Capacity))];
        return new ReplayReport
        {
            Log = "log",
            Requests = 1000,
            DistinctKeys = 100,
            RequestedBytes = 1,
            FootprintBytes = 1,
            HasSizes = false,
            Bounds = bounds,
            Results = [.. hits.Zip(bounds).SelectMany(each => new[] { ("lru", each.First.Lru), ("s3fifo", each.First.S3Fifo), (ReplayResult.Optimum, 1000) }
                .Select(result => new ReplayResult { Policy = result.Item1, Bound = each.Second, Requests = 1000, Hits = result.Item2 }))],
        };
    }
}
