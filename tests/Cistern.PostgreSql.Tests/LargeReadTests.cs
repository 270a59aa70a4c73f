using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cistern.Tests;

/// <summary>Reads of much: in parts, each of which is bounded and has its own time.</summary>
public sealed class LargeReadTests(DatabaseServer server) : PostgreSqlTest(server)
{
    private const int Megabyte = 1024 * 1024;

    // A row that costs time stands for a table that one scan cannot finish in time: a policy is asked about each row.
    [Fact]
    public async Task Stats_TableThatNoScanFinishesInTime_AreCountedPageByPage()
    {
        const int Rows = 10 * EntryCount.PageRows;
        const int MicrosecondsOfARow = 4_000_000 / Rows;
        await (await OpenAsync()).DisposeAsync();
        await RunAsync($"INSERT INTO {Quoted} (key_hash, key, created_at, value) SELECT sha256(k), k, 0, '\\x010203' FROM (SELECT convert_to(i::text, 'UTF8') AS k FROM generate_series(1, {Rows}) AS i) AS keys; ANALYZE {Quoted}");
        await RunAsync($"CREATE FUNCTION \"slow {Table}\"() RETURNS boolean LANGUAGE plpgsql AS 'DECLARE until timestamptz := clock_timestamp() + interval ''{MicrosecondsOfARow} microseconds''; BEGIN LOOP EXIT WHEN clock_timestamp() >= until; END LOOP; RETURN true; END'");
        await RunAsync($"CREATE ROLE \"{Table}\" LOGIN PASSWORD 'slow'; ALTER ROLE \"{Table}\" SET plan_cache_mode = force_custom_plan");
        await RunAsync($"GRANT SELECT ON {Quoted} TO \"{Table}\"");
        await RunAsync($"ALTER TABLE {Quoted} ENABLE ROW LEVEL SECURITY");
        await RunAsync($"CREATE POLICY slow ON {Quoted} USING (\"slow {Table}\"())");
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(Server.ConnectionString) { Username = Table, Password = "slow" };
        var options = new PostgreSqlBackendOptions { Table = Table, CreateTable = false, TimeProvider = Clock, Timeout = TimeSpan.FromSeconds(3) };
        await using var backend = await PostgreSqlBackend.OpenAsync(connection.ConnectionString, options);
        var began = Stopwatch.GetTimestamp();
        var stats = await backend.GetStatsAsync();
        Assert.Equal((Rows, 3 * Rows), (stats.CurrentEntries, stats.CurrentSizeBytes));
        Assert.True(Stopwatch.GetElapsedTime(began) > options.Timeout, "The table is too fast to show anything.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(EntryCount.PageRows)]
    [InlineData(EntryCount.PageRows + 1)]
    public async Task Stats_AnyNumberOfRows_AreExact(int rows)
    {
        await using var backend = await OpenAsync();
        await backend.SetManyAsync(Enumerable.Range(0, rows).Select(i => new SetRequest($"{i}", Bytes("abc"))));
        await backend.SetAsync("short", Bytes("gone"), TimeSpan.FromMilliseconds(1));
        await backend.DeleteAsync("deleted", 1);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((rows, 3 * rows), (stats.CurrentEntries, stats.CurrentSizeBytes));
    }

    [Fact]
    public async Task GetMany_OfMoreBytesThanOnePart_IsReadInPartsOfSoManyBytes()
    {
        await using var backend = await OpenAsync();
        var values = Enumerable.Range(0, 14).ToDictionary(i => $"{i}", i => RandomValue(i, 3 * Megabyte + i));
        foreach (var (key, value) in values) await backend.SetAsync(key, value);
        using var commands = new Commands(Table);
        AssertSame(values, await backend.GetManyAsync(values.Keys));

        // Five of them have less than 16 MB, six more.
        Assert.Equal(3, commands.Count);
    }

    [Fact]
    public async Task GetMany_OfValuesLongerThanAPart_IsReadOneByOne()
    {
        await using var backend = await OpenAsync();
        var values = Enumerable.Range(0, 3).ToDictionary(i => $"{i}", i => RandomValue(i, 20 * Megabyte));
        foreach (var (key, value) in values) await backend.SetAsync(key, value);
        using var commands = new Commands(Table);
        AssertSame(values, await backend.GetManyAsync(values.Keys));
        Assert.Equal(3, commands.Count);
    }

    [Fact]
    public async Task GetMany_OfManySmallValues_IsOneRoundTrip()
    {
        await using var backend = await OpenAsync();
        var keys = Enumerable.Range(0, LongTransaction.PartEntries).Select(i => $"{i}").ToArray();
        await backend.SetManyAsync(keys.Select(key => new SetRequest(key, Bytes($"value of {key}"))));
        using var commands = new Commands(Table);
        var found = await backend.GetManyAsync(keys);
        Assert.Equal(1, commands.Count);
        Assert.Equal(keys.Length, found.Count);
        Assert.All(found, entry => Assert.Equal($"value of {entry.Key}", System.Text.Encoding.UTF8.GetString(entry.Value)));
    }

    [Fact]
    public async Task GetMany_WhileValuesGrowShrinkAndGo_EachIsWholeOrAMiss()
    {
        await using var backend = await OpenAsync();
        var keys = Enumerable.Range(0, 12).Select(i => $"{i}").ToArray();
        using var end = new CancellationTokenSource();
        var changing = Task.Run(async () =>
        {
            var random = new Random(1);
            while (!end.IsCancellationRequested)
            {
                var key = keys[random.Next(keys.Length)];
                if (random.Next(4) == 0) await backend.DeleteAsync(key);
                else await backend.SetAsync(key, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 5 * Megabyte)).ToArray());
            }
        });
        for (var round = 0; round < 20; round++)
        {
            foreach (var (_, value) in await backend.GetManyAsync(keys)) Assert.True(value.Length > 0 && value.AsSpan().IndexOfAnyExcept(value[0]) < 0);
        }

        await end.CancelAsync();
        await changing;
    }

    private static byte[] RandomValue(int seed, int length)
    {
        var value = new byte[length];
        new Random(seed).NextBytes(value);
        return value;
    }

    private static void AssertSame(Dictionary<string, byte[]> expected, IReadOnlyDictionary<string, byte[]> found)
    {
        Assert.Equal(expected.Count, found.Count);
        foreach (var (key, value) in expected) Assert.True(value.AsSpan().SequenceEqual(found[key]), key);
    }

    /// <summary>Counts the commands that read a table, as the driver tells them.</summary>
    private sealed class Commands : IDisposable
    {
        private readonly ConcurrentBag<string> _statements = [];
        private readonly ActivityListener _listener;

        public Commands(string table)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (activity.GetTagItem("db.query.text") is string statement && statement.Contains($"\"{table}\"", StringComparison.Ordinal)) _statements.Add(statement);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int Count => _statements.Count;

        public void Dispose() => _listener.Dispose();
    }
}
