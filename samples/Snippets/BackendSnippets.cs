using System.Text;
using Cistern;

namespace Samples;

/// <summary>The contract of every backend, by example.</summary>
internal static class BackendSnippets
{
    public static async Task RunAsync()
    {
        await using var backend = new InMemoryBackend();
        await BasicsAsync(backend);
        await ExpirationAsync(backend);
        await VersionsAsync(backend);
        await BatchesAsync(backend);
        await KeysAsync(backend);
        await StatisticsAsync(backend);
        Synchronous(backend);
        await BoundsAsync();
    }

    private static async Task BasicsAsync(CacheBackend backend)
    {
        #region Basics
        SetOutcome outcome = await backend.SetAsync("user:1", "Ada"u8.ToArray());
        byte[]? value = await backend.GetAsync("user:1");             // null = miss
        bool there = await backend.ExistsAsync("user:1");             // not a lookup: counts nothing
        bool deleted = await backend.DeleteAsync("user:1");           // true: a live entry was there

        await backend.SetStringAsync("user:2", "Grace");              // text, as UTF-8
        string? name = await backend.GetStringAsync("user:2");
        long cleared = await backend.ClearAsync();                    // how many live entries were removed
        #endregion
        Check.That(outcome == SetOutcome.Stored && Encoding.UTF8.GetString(value!) == "Ada" && there && deleted && name == "Grace" && cleared == 1);
    }

    private static async Task ExpirationAsync(CacheBackend backend)
    {
        var session = new byte[] { 1 };
        #region Expiration
        await backend.SetAsync("session:1", session, TimeSpan.FromMinutes(20));
        await backend.TouchAsync("session:1", TimeSpan.FromMinutes(20));   // a new TTL, the value stays where it is

        await backend.SetAsync("session:2", session, new SetOptions
        {
            TimeToLive = TimeSpan.FromMinutes(20),
            AbsoluteExpiration = DateTimeOffset.UnixEpoch.AddYears(1000),  // no touch reaches beyond it
            Metadata = new Dictionary<string, string> { ["user"] = "1" },
        });
        CacheEntry? entry = await backend.GetEntryAsync("session:2");      // for inspection: neither counts nor refreshes
        #endregion
        Check.That(entry is { ExpiresAt: not null } && entry.Metadata["user"] == "1");
    }

    private static async Task VersionsAsync(CacheBackend backend)
    {
        var newer = new byte[] { 2 };
        var older = new byte[] { 1 };
        #region Versions
        await backend.SetAsync("order:7", newer, SetOptions.IfNewer(version: 2));           // Stored
        var late = await backend.SetAsync("order:7", older, SetOptions.IfNewer(version: 1)); // Superseded: the old value stays out
        var again = await backend.SetAsync("order:7", newer, SetOptions.IfNewer(version: 2)); // AlreadyCurrent: a success

        await backend.DeleteAsync("order:7", version: 3);                                     // leaves a tombstone
        var tooLate = await backend.SetAsync("order:7", newer, SetOptions.IfNewer(version: 2)); // Superseded
        #endregion
        Check.That(late == SetOutcome.Superseded && again == SetOutcome.AlreadyCurrent && tooLate == SetOutcome.Superseded);
    }

    private static async Task BatchesAsync(CacheBackend backend)
    {
        var one = new byte[] { 1 };
        var two = new byte[] { 2 };
        #region Batches
        IReadOnlyList<SetOutcome> outcomes = await backend.SetManyAsync([new("a", one), new("b", two)]);  // one outcome per request
        IReadOnlyDictionary<string, byte[]> found = await backend.GetManyAsync(["a", "b", "c"]);          // what was found
        IReadOnlySet<string> present = await backend.ExistsManyAsync(["a", "c"]);                         // not lookups
        long gone = await backend.DeleteManyAsync(["a", "b", "c"]);                                       // live entries deleted
        #endregion
        Check.That(outcomes.Count == 2 && found.Count == 2 && present.Count == 1 && gone == 2);
    }

    private static async Task KeysAsync(CacheBackend backend)
    {
        #region Keys
        await foreach (var key in backend.KeysAsync("session:*"))
        {
            await backend.DeleteAsync(key);   // changing the backend while listing is legal
        }
        #endregion
        Check.That(!await backend.ExistsAsync("session:1"));
    }

    private static async Task StatisticsAsync(CacheBackend backend)
    {
        #region Statistics
        CacheStats stats = await backend.GetStatsAsync();
        Console.WriteLine($"{stats.Hits} hits of {stats.Total}, {stats.CurrentEntries} entries, {stats.Utilization:P0} full");
        string json = stats.ToJson();   // or ToDictionary()
        backend.ResetStats();           // counters to zero; entries stay
        #endregion
        Check.That(json.Contains("\"hit_rate\"", StringComparison.Ordinal) && (await backend.GetStatsAsync()).Total == 0);
    }

    private static void Synchronous(CacheBackend backend)
    {
        #region Synchronous
        if (backend is ISyncCacheBackend memory)   // memory is truly synchronous, and says so
        {
            memory.Set("pixel", new byte[] { 1, 2, 3 });

            Span<byte> buffer = stackalloc byte[64];
            if (memory.TryGet("pixel", buffer, out var length) == LookupOutcome.Hit)
            {
                ReadOnlySpan<byte> value = buffer[..length];
                Console.WriteLine($"{value.Length} bytes, nothing allocated");
            }
        }
        #endregion
    }

    private static async Task BoundsAsync()
    {
        #region Bounds
        await using var backend = new InMemoryBackend(new InMemoryBackendOptions
        {
            Capacity = 10_000,                    // entries
            MaxSizeBytes = 50 * 1024 * 1024,      // bytes of values
            MaxMemoryBytes = 128 * 1024 * 1024,   // all bytes held
            Eviction = EvictionMode.Adaptive,     // the default; Lru and OldestAdded are exact
        });
        #endregion
        Check.That(backend.Capabilities.Capacity == 10_000);
    }
}
