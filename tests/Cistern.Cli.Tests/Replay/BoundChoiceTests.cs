namespace Cistern.Cli.Tests;

public sealed class BoundChoiceTests
{
    [Theory]
    [InlineData(1000, "10 (1 %), 20 (2 %), 50 (5 %), 100 (10 %), 250 (25 %), 500 (50 %)")]
    [InlineData(10, "1 (1 %), 2 (25 %), 5 (50 %)")]
    [InlineData(1, "1 (1 %)")]
    public void Default_OfSomeKeys_IsPartsOfThem(int keys, string figures) => Assert.Equal(figures, Figures(BoundChoice.Default, keys));

    [Theory]
    [InlineData("10%", "199 (10 %)")]
    [InlineData("0.5%,100%", "9 (0.5 %), 1,990 (100 %)")]
    [InlineData("5000,10,10%,0.01%", "1 (0.01 %), 10, 199 (10 %), 5,000")]
    [InlineData("199,10%", "199")]
    public void Capacities_OfKeys_AreOrderedRoundedDownAndEachOnce(string text, string figures) => Assert.Equal(figures, Figures(BoundChoice.ParseCapacities([text]), 1990));

    [Fact]
    public void Capacities_GivenSeveralTimes_AreAll() => Assert.Equal("1, 2, 3", Figures(BoundChoice.ParseCapacities(["3", "1,2"]), 100));

    [Fact]
    public void Bytes_OfTextsWithUnits_AreInOrder()
    {
        var bounds = BoundChoice.ParseBytes(ReplayMeasure.MaxMemory, "--max-memory", ["1GB,64MB", "1536"]).Resolve(5);

        Assert.Equal(["1.5 KB", "64 MB", "1 GB"], bounds.Select(bound => bound.ToString()));
        Assert.Equal([1536L, 64L << 20, 1L << 30], bounds.Select(bound => bound.ToOptions(EvictionMode.Lru).MaxMemoryBytes!.Value));
        Assert.All(bounds, bound => Assert.Null(bound.ToOptions(EvictionMode.Lru).Capacity ?? bound.ToOptions(EvictionMode.Lru).MaxSizeBytes));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("1,,2")]
    [InlineData("0%")]
    [InlineData("101%")]
    [InlineData("-5%")]
    [InlineData("%")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999")]
    public void Capacities_ThatAreNone_SayWhatIsAllowed(string text) => Assert.StartsWith(
        "--capacity: must be a whole number of entries, at least 1, or a part of the distinct keys from above 0% to 100%, such as 10000 or 10%; found '",
        Assert.Throws<BadInputException>(() => BoundChoice.ParseCapacities([text])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Policies_AreReadInTheirOrderEachOnce()
    {
        Assert.Equal([EvictionMode.Adaptive, EvictionMode.Lru], PolicyChoice.Parse(["adaptive,lru", "lru"]));
        Assert.Equal(EvictionModeText.All, PolicyChoice.Parse([]));
        Assert.Equal("--policy: must be lru, oldest_added, s3fifo, tiny_lfu or adaptive; found 'tinylfu'; did you mean 'tiny_lfu'?", Assert.Throws<BadInputException>(() => PolicyChoice.Parse(["tinylfu"])).Message);
    }

    private static string Figures(BoundChoice choice, int keys) => string.Join(", ", choice.Resolve(keys).Select(bound => bound.Figure));
}
