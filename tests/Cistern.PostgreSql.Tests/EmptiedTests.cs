namespace Cistern.Tests;

/// <summary>A table whose entries are gone: whoever wants to know is told, once.</summary>
public sealed class EmptiedTests(DatabaseServer server) : PostgreSqlTest(server)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(2.5);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServerThatCrashed_UnloggedTable_IsNoticedOnceAndALoggedOneIsNot(bool isLogged)
    {
        await using var faults = await FaultServer.StartAsync();
        var connection = DatabaseServer.ConnectionTo(faults.Server);
        await using var backend = await PostgreSqlBackend.OpenAsync(connection, new PostgreSqlBackendOptions { IsLogged = isLogged, Timeout = TimeSpan.FromSeconds(2) });
        await backend.SetStringAsync("key", "value");
        var told = await WatchAsync(backend, async () => (long)(await RunOnAsync(connection, CountMarks("cistern_cache")))!);
        await faults.Server.KillAsync();
        await Task.Delay(LongEnough, TimeProvider.System);
        await faults.Server.StartAgainAsync();
        if (!isLogged) await told.FirstAsync(Soon);
        await Task.Delay(LongEnough, TimeProvider.System);
        Assert.Equal(isLogged ? 0 : 1, told.Count);
        Assert.Equal(isLogged ? "value" : null, await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task ServerThatWasStopped_UnloggedTable_IsThereAgain()
    {
        await using var faults = await FaultServer.StartAsync();
        var connection = DatabaseServer.ConnectionTo(faults.Server);
        await using var backend = await PostgreSqlBackend.OpenAsync(connection, new PostgreSqlBackendOptions { Timeout = TimeSpan.FromSeconds(2) });
        await backend.SetStringAsync("key", "value");
        var told = await WatchAsync(backend, async () => (long)(await RunOnAsync(connection, CountMarks("cistern_cache")))!);
        await RunOnAsync(connection, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'cistern'");
        await using (var before = faults.Server.Process) await before.StopAsync();
        await faults.Server.StartAgainAsync();
        await Task.Delay(LongEnough, TimeProvider.System);
        Assert.Equal(0, told.Count);
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Theory]
    [InlineData("TRUNCATE {0}")]
    [InlineData("DELETE FROM {0}")]
    [InlineData("CREATE TABLE {1} (LIKE {0} INCLUDING ALL); DROP TABLE {0}; ALTER TABLE {1} RENAME TO {0}")]
    public async Task Table_ThatSomebodyElseEmpties_IsNoticedEachTimeByEveryBackend(string empty)
    {
        await using var one = await OpenAsync();
        await using var other = await OpenAsync();
        Told[] told = [await WatchAsync(one, CountMarksAsync), await WatchAsync(other, CountMarksAsync)];
        for (var round = 1; round <= 2; round++)
        {
            await one.SetStringAsync("key", "value");
            await RunAsync(string.Format(empty, Quoted, $"\"{Table} new\""));
            foreach (var backend in told) await backend.ReachesAsync(round, Soon);
            await Task.Delay(LongEnough, TimeProvider.System);
            Assert.All(told, backend => Assert.Equal(round, backend.Count));
        }
    }

    [Fact]
    public async Task Clear_OfOurOwn_IsNoLossAndTheMarkShowsNowhere()
    {
        await using var backend = await OpenAsync();
        var told = await WatchAsync(backend, CountMarksAsync);
        await backend.SetManyAsync([new SetRequest("one", Bytes("1")), new SetRequest("", Bytes("22"))]);
        Assert.Equal(["", "one"], (await backend.KeysAsync().ToListAsync()).Order(StringComparer.Ordinal));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((2, 3), (stats.CurrentEntries, stats.CurrentSizeBytes));
        Assert.Equal(2, await backend.ClearAsync());
        Assert.Equal(0, await backend.ClearAsync());
        Assert.Equal(0, (await backend.GetStatsAsync()).CurrentEntries);
        Assert.Empty(await backend.KeysAsync().ToListAsync());
        Clock.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(0, await backend.Sweep.SweepPageAsync(default));
        Assert.Equal(1, await CountMarksAsync());
        await Task.Delay(LongEnough, TimeProvider.System);
        Assert.Equal(0, told.Count);
    }

    [Fact]
    public async Task Backend_ThatMayOnlyRead_IsToldByTheMarkOfAnother()
    {
        await using var writer = await OpenAsync();
        await WatchAsync(writer, CountMarksAsync);
        await RunAsync($"CREATE ROLE \"{Table}\" LOGIN PASSWORD 'reads'");
        await RunAsync($"GRANT SELECT ON {Quoted} TO \"{Table}\"");
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(Server.ConnectionString) { Username = Table, Password = "reads" };
        await using var reader = await PostgreSqlBackend.OpenAsync(connection.ConnectionString, new PostgreSqlBackendOptions { Table = Table, CreateTable = false });
        var told = await WatchAsync(reader, CountMarksAsync);
        await writer.DisposeAsync();
        await RunAsync($"TRUNCATE {Quoted}");
        await told.FirstAsync(Soon);
        await Task.Delay(LongEnough, TimeProvider.System);
        Assert.Equal(1, told.Count);
    }

    [Fact]
    public async Task Backend_ThatNobodyWatches_LeavesNoMark()
    {
        await using var backend = await OpenAsync();
        Assert.True(backend.Capabilities.NoticesEmptied);
        await backend.SetStringAsync("key", "value");
        await Task.Delay(LongEnough, TimeProvider.System);
        Assert.Equal(1, await CountRowsAsync());
    }

    private static string CountMarks(string table) => $"SELECT count(*) FROM {table} WHERE key_hash = ''";

    private async Task<long> CountMarksAsync() => (long)(await RunAsync(CountMarks(Quoted)))!;

    // From when the backend knows a mark: before, there was nothing that could be lost.
    private static async Task<Told> WatchAsync(PostgreSqlBackend backend, Func<Task<long>> countMarks)
    {
        var told = new Told();
        backend.Emptied += (_, _) => told.Add();
        for (var attempt = 0; attempt < 200 && await countMarks() == 0; attempt++) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        return told;
    }

    private static async Task<object?> RunOnAsync(string connectionString, string statement)
    {
        await using var connection = new Npgsql.NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>How often a loss was told.</summary>
    private sealed class Told
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);

        public Task FirstAsync(TimeSpan limit) => ReachesAsync(1, limit);

        public async Task ReachesAsync(int count, TimeSpan limit)
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            while (Count < count && System.Diagnostics.Stopwatch.GetElapsedTime(began) < limit) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            Assert.True(Count >= count, $"A loss was not noticed within {limit.TotalSeconds} s.");
        }
    }
}
