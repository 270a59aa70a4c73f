namespace Cistern.Tests.Memory;

public sealed class EvictionGoalTests
{
    private const int SmallBytes = 200;
    private const int LargeBytes = 20_000;

    // As many bytes of small values as of large ones, twice the room each. A small one is asked for less often than a large one, but more often for its size.
    // What adapts differs from run to run, by a few points.
    [Theory]
    [InlineData(EvictionMode.TinyLfu, 1.05)]
    [InlineData(EvictionMode.Adaptive, 1.01)]
    public void Goal_OfHitsOrByteHits_GetsMoreOfWhatItIs(EvictionMode eviction, double least)
    {
        var (hits, bytesOfHits) = Replay(eviction, EvictionGoal.Hits);
        var (hitsForBytes, bytes) = Replay(eviction, EvictionGoal.ByteHits);
        Assert.True(hits > hitsForBytes * least, $"{hits} hits, and {hitsForBytes} where bytes are the goal");
        Assert.True(bytes > bytesOfHits * least, $"{bytes} bytes, and {bytesOfHits} where hits are the goal");
    }

    [Fact]
    public void Goal_ThatIsNone_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryBackend(new InMemoryBackendOptions { EvictionGoal = (EvictionGoal)2 }));

    [Fact]
    public async Task Goal_InAnAddress_IsTheBackends()
    {
        var opening = new BackendOpening { TimeProvider = TimeProvider.System };
        await using var backend = await MemoryScheme.Instance.OpenAsync(BackendAddress.Parse("memory:?goal=byte_hits"), opening, CancellationToken.None);
        var thrown = await Assert.ThrowsAsync<FormatException>(async () => await MemoryScheme.Instance.OpenAsync(BackendAddress.Parse("memory:?goal=bytes"), opening, CancellationToken.None));
        Assert.Contains("hits or byte_hits", thrown.Message, StringComparison.Ordinal);
    }

    private static (long Hits, long Bytes) Replay(EvictionMode eviction, EvictionGoal goal)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 2_000_000, Eviction = eviction, EvictionGoal = goal });
        var random = new Random(1);
        var into = new byte[LargeBytes];
        var (hits, bytes) = (0L, 0L);
        for (var i = 0; i < 300_000; i++)
        {
            var isLarge = random.Next(10) == 0;
            var key = isLarge ? $"large {random.Next(200)}" : $"small {random.Next(20_000)}";
            if (backend.TryGet(key, into, out var length) == LookupOutcome.Hit) (hits, bytes) = (hits + 1, bytes + length);
            else backend.Set(key, new byte[isLarge ? LargeBytes : SmallBytes]);
        }

        return (hits, bytes);
    }
}
