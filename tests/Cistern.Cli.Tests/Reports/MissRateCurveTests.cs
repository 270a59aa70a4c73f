using Cistern.Cli;

namespace Cistern.Tests;

public sealed class MissRateCurveTests
{
    [Fact]
    public void Points_NothingObserved_AreNone() => Assert.Empty(new MissRateCurve().Points);

    [Fact]
    public void Points_FewLookups_AreExact()
    {
        var curve = new MissRateCurve();
        foreach (var hit in new[] { false, true, false, true }) curve.Observe(hit);

        Assert.Equal(
            [new(1, 0, 1, 1, 1), new(2, 1, 0.5, 0.5, 0.5), new(3, 1, 0.6667, 0.6667, 0.6667), new(4, 2, 0.5, 0.5, 0.5)],
            curve.Points);
    }

    [Theory]
    [InlineData(32, 0.0312)]
    [InlineData(160, 0.0063)]
    public void Points_RateBetweenTwoFigures_IsRoundedAsTheFigures(int lookups, double expected)
    {
        var curve = new MissRateCurve();
        for (var index = 0; index < lookups; index++) curve.Observe(index > 0);
        Assert.Equal(expected, curve.Points[^1].Rate);
    }

    [Fact]
    public void Points_RateOfAWindow_IsKeptAsGiven()
    {
        var curve = new MissRateCurve();
        curve.Observe(hit: true, 0.3);
        curve.Observe(hit: true, 0.2);
        Assert.Equal([new(1, 1, 0.3, 0.3, 0.3), new(2, 2, 0.2, 0.2, 0.2)], curve.Points);
    }

    [Theory]
    [InlineData(1_999)]
    [InlineData(2_000)]
    [InlineData(2_001)]
    [InlineData(100_003)]
    [InlineData(10_000_000)]
    public void Points_AnyNumberOfLookups_AreBoundedAndEndAtTheLast(int lookups)
    {
        var curve = new MissRateCurve();
        var hits = 0;
        for (var index = 0; index < lookups; index++)
        {
            var hit = index % 3 == 0;
            if (hit) hits++;
            curve.Observe(hit);
        }

        var points = curve.Points;
        Assert.InRange(points.Count, lookups < 2_000 ? lookups : 1_000, 2_000);
        Assert.Equal((lookups, hits), (points[^1].Lookups, points[^1].Hits));
        Assert.Equal(lookups, curve.Lookups);
        Assert.All(points.SkipLast(1).Index(), point => Assert.Equal((point.Index + 1) * curve.Stride, point.Item.Lookups));
    }

    [Fact]
    public void Points_MergedPoints_KeepTheirHits()
    {
        var curve = new MissRateCurve(maxPoints: 4);
        for (var index = 1; index <= 100; index++) curve.Observe(hit: index > 50);
        Assert.All(curve.Points, point => Assert.Equal(Math.Max(0, point.Lookups - 50), point.Hits));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12_345)]
    [InlineData(999_999)]
    public void Points_OneSpikeAmongAMillion_Survives(int spike)
    {
        var curve = new MissRateCurve();
        for (var index = 0; index < 1_000_000; index++) curve.Observe(hit: true, index == spike ? 0.9 : index == 500_000 ? 0.001 : 0.1);

        var points = curve.Points;
        var highest = Assert.Single(points, point => point.Highest == 0.9);
        Assert.InRange(spike, highest.Lookups - curve.Stride, highest.Lookups - 1);
        Assert.Single(points, point => point.Lowest == 0.001);
    }

    [Fact]
    public void Observe_AMillionLookups_AllocatesNothing()
    {
        var curve = new MissRateCurve();
        curve.Observe(hit: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 1_000_000; index++) curve.Observe(index % 2 == 0);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Create_OddOrNoPoints_Throws(int maxPoints) => Assert.Throws<ArgumentOutOfRangeException>(() => new MissRateCurve(maxPoints));
}
