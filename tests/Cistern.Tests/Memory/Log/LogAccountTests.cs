using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>What the engine over logs says it holds, against what the heap has grown by, and that nothing stays of what is gone.</summary>
[Collection(nameof(MeasuresTheHeap))]
public sealed class LogAccountTests
{
    [Theory]
    [InlineData("unbounded", false, 300_000)]
    [InlineData("evicting", true, 900_000)]
    [InlineData("with TTLs", false, 300_000)]
    public async Task Memory_ThatIsHeld_IsWhatTheHeapHasGrownBy(string what, bool isBounded, int sets)
    {
        var value = new byte[100];
        var options = what == "with TTLs" ? new SetOptions { TimeToLive = TimeSpan.FromHours(1) } : null;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var backend = new InMemoryBackend(isBounded ? new InMemoryBackendOptions { Capacity = 300_000 } : InMemoryBackendOptions.Unbounded);
        for (var i = 0; i < sets; i++) backend.Set($"a key with its number {i}", value, options);
        var held = (await backend.GetStatsAsync()).MemoryBytes ?? 0;
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange((double)grown / held, 0.9, 1.1);
    }

    // A set each second, of every length, that lives for a minute to an hour; read now and then, so that it is not only the newest that matters.
    [Theory]
    [InlineData(null)]
    [InlineData(2000)]
    public async Task Memory_AfterADayOfChurn_IsWhatItWasAfterAnHourOfIt(int? capacity)
    {
        var clock = new ManualTimeProvider();
        var options = capacity is null ? InMemoryBackendOptions.Unbounded : new InMemoryBackendOptions { Capacity = capacity };
        using var backend = new InMemoryBackend(options with { TimeProvider = clock });
        var random = new Random(1);
        var peakOfSecondHour = 0L;
        var heapAfterSecondHour = 0L;
        for (var second = 0; second < 24 * 3600; second++)
        {
            for (var i = 0; i < 3; i++)
            {
                backend.Set($"key {second} {i}", new byte[random.Next(300)], new SetOptions { TimeToLive = TimeSpan.FromSeconds(random.Next(60, 3600)) });
                backend.Get($"key {random.Next(Math.Max(0, second - 2000), second + 1)} {i}");
            }

            clock.Advance(TimeSpan.FromSeconds(1));
            if (second % 60 != 0) continue;
            var held = (await backend.GetStatsAsync()).MemoryBytes ?? 0;
            if (second / 3600 == 1) peakOfSecondHour = Math.Max(peakOfSecondHour, held);
            else if (second > 7200) Assert.InRange(held, 0, peakOfSecondHour * 1.25);
            if (second == 7200) heapAfterSecondHour = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - heapAfterSecondHour, -100_000_000, 2_000_000);
        clock.Advance(TimeSpan.FromHours(2));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((0L, 0L), (stats.CurrentEntries, stats.CurrentSizeBytes));
        Assert.Equal(stats.Sets, stats.Expirations + stats.Evictions);
    }
}
