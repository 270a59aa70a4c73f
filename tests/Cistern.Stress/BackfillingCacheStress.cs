using System.Globalization;
using System.Text;

namespace Cistern.Stress;

/// <summary>
/// Eight threads on one cache for <c>CISTERN_STRESS_SECONDS</c> (30 unless said). Every value proves itself: it starts with its key. At
/// the end nothing may be missing from the accounts.
/// </summary>
public sealed class BackfillingCacheStress(ITestOutputHelper output)
{
    private const int Threads = 8;
    private const int Keys = 5_000;

    private static TimeSpan Length { get; } = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("CISTERN_STRESS_SECONDS") ?? "30", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData(BackfillMode.Inline, null)]
    [InlineData(BackfillMode.Inline, 500)]
    [InlineData(BackfillMode.Background, 500)]
    public async Task Cache_RandomKeysFromEightThreads_KeepsItsAccounts(BackfillMode mode, int? window)
    {
        var source = InMemorySource.FromStrings(Enumerable.Range(0, Keys).Select(i => KeyValuePair.Create(Key(i), Value(i, i % 300))));
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 1_500, MaxSizeBytes = 150_000, MaxMemoryBytes = 700_000 });
        await using var cache = new BackfillingCache(backend, source, new BackfillOptions
        {
            MissThreshold = 0.2,
            BackfillBatch = 50,
            Window = window is { } latest ? MissWindow.OfLookups(latest) : MissWindow.Cumulative,
            Mode = mode,
        });

        var clock = TimeProvider.System;
        var end = clock.GetTimestamp() + (long)(Length.TotalSeconds / 3 * clock.TimestampFrequency);
        var lookups = new long[Threads];
        var workers = Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            async () => lookups[thread] = await WorkAsync(cache, backend, new Random(thread), () => clock.GetTimestamp() < end),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap());
        await Task.WhenAll(workers);
        await cache.WaitForBackfillAsync(TestContext.Current.CancellationToken);

        var stats = cache.Stats;
        output.WriteLine($"{mode}: {lookups.Sum():N0} lookups, {stats.Hits:N0} hits, {stats.Misses:N0} misses, {stats.Backfills:N0} backfills");
        Assert.Equal(lookups.Sum(), stats.Hits + stats.Misses);
        await RecountAsync(backend);
    }

    private static async Task<long> WorkAsync(BackfillingCache cache, InMemoryBackend backend, Random random, Func<bool> goOn)
    {
        var lookups = 0L;
        while (goOn())
        {
            // A square of a uniform number: low keys are asked for far more often.
            var number = (int)(random.NextDouble() * random.NextDouble() * Keys * 1.1);
            var key = Key(number);
            switch (random.Next(100))
            {
                case < 4:
                    await cache.SetAsync(key, Encoding.UTF8.GetBytes(Value(number, random.Next(400))), new SetOptions { TimeToLive = random.Next(2) == 0 ? null : TimeSpan.FromMilliseconds(random.Next(1, 50)) });
                    break;
                case < 6:
                    await backend.DeleteAsync(key);
                    break;
                case 6 when random.Next(500) == 0:
                    await backend.ClearAsync();
                    break;
                default:
                    lookups++;
                    var value = await cache.GetAsync(key);
                    if (value is null) Assert.True(number >= Keys, "A key that the source has was not found: " + key);
                    else Assert.StartsWith(key + ":", Encoding.UTF8.GetString(value), StringComparison.Ordinal);
                    break;
            }
        }

        return lookups;
    }

    private static async Task RecountAsync(InMemoryBackend backend)
    {
        // No TTL is longer than 50 ms: after that, what is there stays there.
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        long entries = 0, bytes = 0;
        await foreach (var key in backend.KeysAsync())
        {
            entries++;
            bytes += (await backend.GetEntryAsync(key))!.SizeBytes;
        }

        var stats = await backend.GetStatsAsync();
        Assert.Equal((entries, bytes), (stats.CurrentEntries, stats.CurrentSizeBytes));
        Assert.True(stats.CurrentEntries <= 1_500 && stats.CurrentSizeBytes <= stats.MaxSizeBytes && stats.MemoryBytes <= stats.MaxMemoryBytes);
    }

    private static string Key(int number) => "key" + number.ToString(CultureInfo.InvariantCulture);

    private static string Value(int number, int length) => Key(number) + ":" + new string('v', length);
}
