namespace Cistern.Tests.Contract;

public sealed class CacheEntryTests
{
    private static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CacheEntry Entry(DateTimeOffset? expiresAt) => new() { Key = "k", Value = new byte[] { 1, 2, 3 }, CreatedAt = Created, ExpiresAt = expiresAt };

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void IsExpired_AroundTheInstant_TurnsTrueAtIt(int ticksAfter, bool expired) =>
        Assert.Equal(expired, Entry(Created.AddSeconds(5)).IsExpired(Created.AddSeconds(5).AddTicks(ticksAfter)));

    [Fact]
    public void IsExpired_AnInstantInAnotherZone_IsComparedAsAnInstant() =>
        Assert.True(Entry(Created).IsExpired(Created.ToOffset(TimeSpan.FromHours(-10))));

    [Fact]
    public void IsExpired_WithoutTtl_IsNeverTrue()
    {
        Assert.False(Entry(null).IsExpired(DateTimeOffset.MaxValue));
        Assert.Null(Entry(null).TimeToLiveRemaining(DateTimeOffset.MaxValue));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(2, 3)]
    [InlineData(5, 0)]
    [InlineData(500, 0)]
    [InlineData(-1, 6)]
    public void TimeToLiveRemaining_AsTimePasses_FallsToZeroAndStaysThere(int secondsPassed, int secondsLeft) =>
        Assert.Equal(TimeSpan.FromSeconds(secondsLeft), Entry(Created.AddSeconds(5)).TimeToLiveRemaining(Created.AddSeconds(secondsPassed)));

    [Fact]
    public void SizeBytes_IsTheLengthOfTheValue()
    {
        Assert.Equal(3, Entry(null).SizeBytes);
        Assert.Equal(0, (Entry(null) with { Value = default }).SizeBytes);
    }

    [Fact]
    public void Defaults_OfWhatIsNotGiven_AreEmptyMetadataAndNulls()
    {
        var entry = Entry(null);
        Assert.Empty(entry.Metadata);
        Assert.Null(entry.Version);
        Assert.Null(entry.AbsoluteExpiration);
        Assert.Equal(("k", Created), (entry.Key, entry.CreatedAt));
    }

    [Fact]
    public async Task GetEntry_OfABackend_FillsEveryProperty()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = new Testing.ManualTimeProvider(Created) });
        backend.Set("k", new byte[] { 7 }, SetOptions.IfNewer(9) with
        {
            TimeToLive = TimeSpan.FromSeconds(5),
            AbsoluteExpiration = Created.AddSeconds(30),
            Metadata = new Dictionary<string, string> { ["a"] = "b" },
        });
        var entry = await backend.GetEntryAsync("k");
        Assert.NotNull(entry);
        Assert.Equal(("k", 1, 9), (entry.Key, entry.SizeBytes, entry.Version!.Value));
        Assert.Equal([7], entry.Value.ToArray());
        Assert.Equal((Created, Created.AddSeconds(5), Created.AddSeconds(30)), (entry.CreatedAt, entry.ExpiresAt, entry.AbsoluteExpiration));
        Assert.Equal("b", entry.Metadata["a"]);
        Assert.Throws<NotSupportedException>(() => ((IDictionary<string, string>)entry.Metadata).Add("c", "d"));
    }
}
