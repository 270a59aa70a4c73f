namespace Cistern.Tests;

/// <summary>
/// Writers and deleters change a source and tell the cache, each change with its version; fillers bring what they read from the source some time ago. Afterwards the cache holds nothing older than the
/// source. CISTERN_RACE_KEYS says with how many keys; fillers that write blindly leave stale values, which CISTERN_RACE_BLIND=1 shows.
/// </summary>
public sealed class VersionRaceTests(DatabaseServer server, ITestOutputHelper output) : PostgreSqlTest(server)
{
    private const int Rounds = 6;

    private static int KeyCount => int.TryParse(Environment.GetEnvironmentVariable("CISTERN_RACE_KEYS"), out var count) ? count : 500;

    private static bool AreFillersBlind => Environment.GetEnvironmentVariable("CISTERN_RACE_BLIND") == "1";

    [Fact]
    public async Task Race_OfWritersDeletersAndStaleFillers_LeavesNothingStale()
    {
        var options = new PostgreSqlBackendOptions { Table = Table, TimeProvider = Clock };
        await using var first = await PostgreSqlBackend.OpenAsync(Server.ConnectionString, options);
        await using var second = await PostgreSqlBackend.OpenAsync(Server.ConnectionString, options);
        PostgreSqlBackend[] backends = [first, second];
        var source = new Source(KeyCount);
        var changers = Enumerable.Range(0, 6).Select(changer => Task.Run(() => ChangeAsync(backends[changer % 2], source, changer, isDeleter: changer >= 4))).ToList();
        using var end = new CancellationTokenSource();
        var fillers = Enumerable.Range(0, 2).Select(filler => Task.Run(() => FillAsync(backends[filler], source, filler, end.Token))).ToList();
        await Task.WhenAll(changers);
        await end.CancelAsync();
        await Task.WhenAll(fillers);

        var stale = new List<string>();
        foreach (var keys in Enumerable.Range(0, KeyCount).Select(Source.KeyOf).Chunk(1_000))
        {
            foreach (var (key, value) in await first.GetManyAsync(keys))
            {
                var (version, isDeleted) = source.Read(key);
                if (isDeleted || BitConverter.ToInt64(value) != version) stale.Add($"{key} holds {BitConverter.ToInt64(value)}, the source {version}{(isDeleted ? ", deleted" : "")}");
            }
        }

        output.WriteLine($"{KeyCount} keys, {source.Changes} changes, {source.Fills} fills, {stale.Count} stale");
        Assert.Empty(stale);
    }

    private static async Task ChangeAsync(PostgreSqlBackend backend, Source source, int changer, bool isDeleter)
    {
        var random = new Random(changer);
        for (var i = 0; i < KeyCount * Rounds / 6; i++)
        {
            var key = Source.KeyOf(random.Next(KeyCount));
            var version = source.Change(key, isDeleter);
            if (isDeleter) await backend.DeleteAsync(key, version);
            else await backend.SetAsync(key, BitConverter.GetBytes(version), SetOptions.IfNewer(version));
        }
    }

    // Half of them one by one, half in batches; all with what was read a while ago.
    private static async Task FillAsync(PostgreSqlBackend backend, Source source, int filler, CancellationToken end)
    {
        var random = new Random(100 + filler);
        var held = new Queue<SetRequest[]>();
        while (!end.IsCancellationRequested || held.Count > 0)
        {
            if (!end.IsCancellationRequested)
            {
                held.Enqueue([.. Enumerable.Range(0, filler == 0 ? 1 : 20)
                    .Select(_ => Source.KeyOf(random.Next(KeyCount)))
                    .Select(key => (Key: key, Read: source.Read(key)))
                    .Where(entry => entry.Read is { IsDeleted: false, Version: > 0 })
                    .Select(entry => new SetRequest(entry.Key, BitConverter.GetBytes(entry.Read.Version), AreFillersBlind ? SetOptions.Default : SetOptions.IfNewer(entry.Read.Version)))]);
            }

            if (held.Count < 10 && !end.IsCancellationRequested) continue;
            var fill = held.Dequeue();
            source.CountFills(fill.Length);
            if (fill.Length == 1) await backend.SetAsync(fill[0].Key, fill[0].Value, fill[0].Options, CancellationToken.None);
            else await backend.SetManyAsync(fill, CancellationToken.None);
        }
    }

    /// <summary>The authority: the latest version of each key, and whether it is deleted.</summary>
    private sealed class Source(int count)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, (long Version, bool IsDeleted)> _records = Enumerable.Range(0, count).ToDictionary(KeyOf, _ => (0L, true));
        private long _version;
        private long _fills;

        public long Changes => _version;

        public long Fills => Interlocked.Read(ref _fills);

        public static string KeyOf(int number) => $"key {number}";

        public void CountFills(int count) => Interlocked.Add(ref _fills, count);

        public (long Version, bool IsDeleted) Read(string key)
        {
            lock (_lock) return _records[key];
        }

        public long Change(string key, bool isDeletion)
        {
            lock (_lock)
            {
                _records[key] = (++_version, isDeletion);
                return _version;
            }
        }
    }
}
