using System.Diagnostics;

namespace Cistern.Tests;

/// <summary>Reads of much: in parts, each of which is bounded and has its own time.</summary>
public sealed class LargeReadTests(DatabaseServer server) : PostgreSqlTest(server)
{
    // A row that costs time stands for a table that one scan cannot finish in time: a policy is asked about each row.
    [Fact]
    public async Task Stats_TableThatNoScanFinishesInTime_AreCountedPageByPage()
    {
        const int Rows = 10 * EntryCount.PageRows;
        await (await OpenAsync()).DisposeAsync();
        await RunAsync($"INSERT INTO {Quoted} (key_hash, key, created_at, value) SELECT sha256(k), k, 0, '\\x010203' FROM (SELECT convert_to(i::text, 'UTF8') AS k FROM generate_series(1, {Rows}) AS i) AS keys; ANALYZE {Quoted}");
        await RunAsync($"CREATE FUNCTION \"slow {Table}\"() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM count(*) FROM generate_series(1, 1000); RETURN true; END'");
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
}
