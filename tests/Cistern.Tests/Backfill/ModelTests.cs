using System.Globalization;
using System.Text;
using Cistern.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Cistern.Tests.Backfill;

/// <summary>
/// Random sequences of get, set, force, evict, resume, delete, clear and clock steps against <see cref="BackfillModel"/>, with sources,
/// windows, bounds and limits varied. <c>CISTERN_MODEL_RUNS</c> sets how many (1,000 unless said).
/// </summary>
public sealed class ModelTests
{
    private static int Runs => int.Parse(Environment.GetEnvironmentVariable("CISTERN_MODEL_RUNS") ?? "1000", CultureInfo.InvariantCulture);

    [Fact]
    public void Cache_RandomOperations_AgreesWithThePlainModel()
    {
        // Each number of the list is one operation; FsCheck shrinks the list, and the numbers, of a failing case.
        var sequence = from length in Gen.Choose(1, 250) from operations in Gen.Choose(0, 1 << 20).ArrayOf(length) select operations;
        var sequences = Arb.From(sequence, ArbMap.Default.ArbFor<int[]>().Shrinker);
        var seeds = Arb.From(Gen.Choose(0, int.MaxValue));
        var property = Prop.ForAll(seeds, sequences, (seed, operations) => RunAsync(Settings(seed), operations).GetAwaiter().GetResult());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithQuietOnSuccess(true), property);
    }

    private static ModelSettings Settings(int seed)
    {
        var random = new Random(seed);
        T? Maybe<T>(Func<T> make) where T : struct => random.Next(2) == 0 ? null : make();
        var threshold = random.Next(3) switch { 0 => 0.01, 1 => random.Next(1, 10) / 10.0, _ => 1.0 };
        return new ModelSettings
        {
            Source = [.. Enumerable.Range(0, random.Next(5) == 0 ? 0 : random.Next(1, 40)).Select(i => (Key(i), new string('v', random.Next(0, 8))))],
            Options = new BackfillOptions
            {
                MissThreshold = threshold,
                BackfillBatch = random.Next(1, 9),
                MinLookups = random.Next(1, 8),
                MaxBackfills = Maybe(() => random.Next(0, 5)),
                MaxIneffectiveBackfills = Maybe(() => random.Next(1, 4)),
                Window = random.Next(3) switch
                {
                    0 => MissWindow.Cumulative,
                    1 => MissWindow.OfLookups(random.Next(1, 20)),
                    _ => MissWindow.OfDuration(TimeSpan.FromMilliseconds(10 * random.Next(1, 20))),
                },
                ClearThreshold = Maybe(() => Math.Round(threshold * random.NextDouble(), 1) is var clear && clear <= threshold ? clear : threshold),
                Cooldown = Maybe(() => TimeSpan.FromMilliseconds(10 * random.Next(1, 30))),
                ExcludeSourceMisses = random.Next(2) == 0,
                TimeToLive = random.Next(3) == 0 ? TimeSpan.FromMilliseconds(10 * random.Next(1, 40)) : null,
            },
            Backend = random.Next(4) switch
            {
                0 => new InMemoryBackendOptions { IsUnbounded = true, Eviction = EvictionMode.Lru },
                1 => new InMemoryBackendOptions { Capacity = random.Next(1, 12), Eviction = (EvictionMode)random.Next(2) },
                2 => new InMemoryBackendOptions { MaxSizeBytes = random.Next(1, 40), Eviction = (EvictionMode)random.Next(2) },
                _ => new InMemoryBackendOptions { Capacity = random.Next(1, 12), MaxSizeBytes = random.Next(1, 40), Eviction = (EvictionMode)random.Next(2) },
            },
        };
    }

    private static async Task RunAsync(ModelSettings settings, int[] operations)
    {
        var clock = new ManualTimeProvider(DateTimeOffset.UnixEpoch + TimeSpan.FromDays(10_000));
        var model = new BackfillModel(settings) { Now = clock.GetUtcNow().ToUnixTimeMilliseconds() };
        await using var backend = new InMemoryBackend(settings.Backend with { TimeProvider = clock });
        var source = InMemorySource.FromStrings(settings.Source.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));
        await using var cache = new BackfillingCache(backend, source, settings.Options with { AuditCapacity = 100_000 }, clock);

        foreach (var operation in operations)
        {
            await StepAsync(operation, model, cache, backend, clock);
            await CompareAsync(model, cache, backend);
        }
    }

    private static async Task StepAsync(int operation, BackfillModel model, BackfillingCache cache, InMemoryBackend backend, ManualTimeProvider clock)
    {
        var (argument, kind) = Math.DivRem(Math.Abs((long)operation), 32);
        var key = Key((int)(argument % (argument % 2 == 0 ? 7 : 45)));
        switch (kind)
        {
            case 0:
                var text = new string('s', (int)(argument % 9));
                model.Set(key, text, timeToLive: null);
                await cache.SetAsync(key, Encoding.UTF8.GetBytes(text));
                break;
            case 1:
                model.Set(key, "brief", TimeSpan.FromMilliseconds(10 * (argument % 20 + 1)));
                await cache.SetAsync(key, "brief"u8.ToArray(), new SetOptions { TimeToLive = TimeSpan.FromMilliseconds(10 * (argument % 20 + 1)) });
                break;
            case 2 when argument % 3 == 0:
                Assert.Equal(model.Force(), await cache.ForceBackfillAsync());
                break;
            case 3:
                Assert.Equal(model.Evict(), backend.EvictOne());
                break;
            case 4 when argument % 2 == 0:
                model.Resume();
                cache.Resume();
                break;
            case 5:
                Assert.Equal(model.Delete(key), await backend.DeleteAsync(key));
                break;
            case 6 when argument % 4 == 0:
                model.Clear();
                await backend.ClearAsync();
                break;
            case 7 or 8 or 9:
                // Steps and durations share a factor, so that ends are met exactly and often.
                var step = argument % 12 * 5;
                model.Now += step;
                clock.Advance(TimeSpan.FromMilliseconds(step));
                break;
            default:
                var value = await cache.GetAsync(key);
                Assert.Equal(model.Get(key), value is null ? null : Encoding.UTF8.GetString(value));
                break;
        }
    }

    private static async Task CompareAsync(BackfillModel model, BackfillingCache cache, InMemoryBackend backend)
    {
        var stats = cache.Stats;
        Assert.Equal(
            (model.Hits, model.Misses, model.SourceMisses, model.Backfills, model.Loaded, model.Skipped, model.Manual),
            (stats.Hits, stats.Misses, stats.SourceMisses, stats.Backfills, stats.Loaded, stats.SkippedBackfills, stats.ManualInterventionRequired));
        var held = await backend.GetStatsAsync();
        Assert.Equal((model.Keys.LongCount(), model.SizeBytes, model.Evictions), (held.CurrentEntries, held.CurrentSizeBytes, held.Evictions));
        Assert.Equal(model.Keys.Order(), await backend.KeysAsync().OrderBy(key => key).ToListAsync());
        Assert.Equal(model.Audit, cache.Audit.Entries.Select(entry => (entry.Action, entry.Loaded, entry.MissRate, entry.Count)));
    }

    private static string Key(int number) => "key" + number.ToString("00", CultureInfo.InvariantCulture);
}
