using System.Diagnostics;
using System.Text;
using Cistern.Servers;
using Npgsql;

namespace Cistern.Tests;

/// <summary>Many callers over few connections: who waits for one is out of time as whoever waits for the server is, and says nothing about the server.</summary>
public sealed class PatienceTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = Short * 1.1;

    [Fact]
    public async Task LockedTable_ManyCallersOverFewConnections_AreFaultsInTheirTimeAndThePoolStays()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await faults.OpenAsync(Short, connections: 2);
        await backend.SetStringAsync("key", "value");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => backend.GetAsync("key").AsTask()));
        var before = await ConnectionsAsync(faults);
        (Exception? Fault, TimeSpan Took)[] results;
        await using (await LockAsync(faults, "LOCK TABLE cistern_cache"))
        {
            results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FaultServer.MeasureAsync(() => backend.GetAsync("key").AsTask())));
        }

        foreach (var (fault, took) in results)
        {
            Assert.IsType<CacheBackendException>(fault);
            Assert.True(took <= Longest, $"It took {took.TotalMilliseconds} ms.");
        }

        // All but those that had the connections.
        Assert.InRange(results.Count(result => result.Fault is { InnerException: TimeoutException timeout } && timeout.Message.Contains("no connection was free", StringComparison.Ordinal)), 46, 50);

        // As long as whatever was left behind would have to be given up.
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Short) Assert.Equal("value", await backend.GetStringAsync("key"));
        Assert.Equal(before, await ConnectionsAsync(faults));
    }

    [Fact]
    public async Task LockedRow_CallThatGotItsConnectionLate_IsAFaultInItsTimeAndThePoolStays()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await faults.OpenAsync(Short, connections: 1);
        await backend.SetManyAsync([new SetRequest("first", new byte[1]), new SetRequest("second", new byte[1])]);
        await backend.SetStringAsync("third", "value");
        var before = await ConnectionsAsync(faults);
        var firstLock = await LockAsync(faults, "SELECT 1 FROM cistern_cache WHERE key = 'first' FOR UPDATE");
        await using (await LockAsync(faults, "SELECT 1 FROM cistern_cache WHERE key = 'second' FOR UPDATE"))
        {
            var first = backend.SetStringAsync("first", "value").AsTask();
            await WaitForBlockedAsync(faults);
            var second = FaultServer.MeasureAsync(() => backend.SetStringAsync("second", "value").AsTask());
            await Task.Delay(Short / 2, TimeProvider.System);
            await firstLock.DisposeAsync();
            Assert.Equal(SetOutcome.Stored, await first);
            var (fault, took) = await second;
            Assert.IsType<TimeoutException>(Assert.IsType<CacheBackendException>(fault).InnerException);
            Assert.True(took <= Longest, $"It took {took.TotalMilliseconds} ms.");
        }

        Assert.Equal("value", await backend.GetStringAsync("third"));
        Assert.Equal(before, await ConnectionsAsync(faults));
    }

    [Fact]
    public async Task LostConnection_WhoWaitedForIt_GetsANewOneWhenItIsGivenUp()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var proxy = new FaultyProxy(faults.Server.Port);
        await using var backend = await faults.OpenAsync(Short, proxy.Port, connections: 1);
        await backend.SetStringAsync("key", "value");
        proxy.IsSilent = true;
        var lost = FaultServer.MeasureAsync(() => backend.GetAsync("key").AsTask());
        await Task.Delay(Short / 2, TimeProvider.System);
        var waiting = Enumerable.Range(0, 10).Select(_ => backend.GetStringAsync("key").AsTask()).ToList();
        proxy.IsSilent = false;
        Assert.IsType<CacheBackendException>((await lost).Fault);
        Assert.All(await Task.WhenAll(waiting), value => Assert.Equal("value", value));
    }

    [Fact]
    public async Task HungServer_CallsThatBeginOneAfterAnother_EachEndsInItsTime()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await faults.OpenAsync(Short, connections: 2);
        await backend.SetStringAsync("key", "value");
        faults.Server.Process.Hang();
        var calls = new List<Task<(Exception? Fault, TimeSpan Took)>>();
        for (var i = 0; i < 25; i++)
        {
            calls.Add(FaultServer.MeasureAsync(() => backend.GetAsync("key").AsTask()));
            await Task.Delay(Short / 10, TimeProvider.System);
        }

        foreach (var (fault, took) in await Task.WhenAll(calls))
        {
            Assert.IsType<CacheBackendException>(fault);
            Assert.True(took <= Longest, $"It took {took.TotalMilliseconds} ms.");
        }

        faults.Server.Process.GoOn();
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task LargeBatch_ThatWaitsForAConnectionLongerThanASmallCallMay_HasItsOwnTime()
    {
        await using var faults = await FaultServer.StartAsync();
        var timeout = TimeSpan.FromSeconds(1);
        await using var backend = await faults.OpenAsync(timeout, connections: 1);
        await backend.SetManyAsync(Enumerable.Range(0, 4).Select(i => new SetRequest($"{i}", new byte[1])));
        var batch = Enumerable.Range(0, 5 * LongTransaction.PartEntries).Select(i => new SetRequest($"{i}", new byte[1])).ToList();
        Task<IReadOnlyList<SetOutcome>> first, second;
        await using (await LockAsync(faults, "SELECT 1 FROM cistern_cache FOR UPDATE"))
        {
            first = backend.SetManyAsync(batch).AsTask();
            await WaitForBlockedAsync(faults);
            second = backend.SetManyAsync(batch).AsTask();
            await Task.Delay(3.5 * timeout, TimeProvider.System);
        }

        Assert.All(await first, outcome => Assert.Equal(SetOutcome.Stored, outcome));
        Assert.All(await second, outcome => Assert.Equal(SetOutcome.Stored, outcome));
    }

    // New keys are tried first, then all is done in another way; the time is that of one batch.
    [Fact]
    public async Task Batch_ThatWaitsForAnAddedKeyAndThenForALockedRow_IsAFaultInItsTimeAndThePoolStays()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await faults.OpenAsync(Short, connections: 1);
        var plan = BatchPlan.Of([.. Enumerable.Range(0, 1_000).Select(i => new EntryDraft { Key = $"{i}", Value = new(new byte[1]), CreatedAtMilliseconds = 0 })], 1);
        var keys = Array.ConvertAll(plan.Steps[0].Rows, row => Encoding.UTF8.GetString(row.Column(RowColumn.Key)!.Value.Span));
        await backend.SetStringAsync(keys[^1], "locked");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => backend.GetAsync("key").AsTask()));
        var before = await ConnectionsAsync(faults);
        await using var adding = await LockAsync(faults, $"INSERT INTO cistern_cache (key_hash, key, created_at) VALUES (sha256('{keys[0]}'), '{keys[0]}', 0)");
        await using var locked = await LockAsync(faults, $"SELECT 1 FROM cistern_cache WHERE key = '{keys[^1]}' FOR UPDATE");
        var set = FaultServer.MeasureAsync(() => backend.SetManyAsync(keys.Select(key => new SetRequest(key, new byte[1]))).AsTask());
        await WaitForBlockedAsync(faults);
        await Task.Delay(Short / 2, TimeProvider.System);
        await using (var commit = new NpgsqlCommand("COMMIT", adding)) await commit.ExecuteNonQueryAsync();
        var (fault, took) = await set;
        Assert.Equal(PostgresErrorCodes.QueryCanceled, Assert.IsType<PostgresException>(Assert.IsType<CacheBackendException>(fault).InnerException).SqlState);
        Assert.True(took <= Longest, $"It took {took.TotalMilliseconds} ms.");
        Assert.Equal("locked", await backend.GetStringAsync(keys[^1]));
        Assert.Equal(before, await ConnectionsAsync(faults));
    }

    // Whoever asks for a password has taken the pool, and has no connection yet.
    [Fact]
    public async Task Pool_RetiredWhileAConnectionIsTakenFromIt_TheCallTakesOneFromTheNextAndLeavesNoneBehind()
    {
        await using var faults = await FaultServer.StartAsync();
        var connection = new NpgsqlConnectionStringBuilder(DatabaseServer.ConnectionTo(faults.Server)) { Password = null, MaxPoolSize = 2, ApplicationName = "cistern" };
        ConnectionPool? pool = null;
        var asked = 0;
        pool = new ConnectionPool(() =>
        {
            var builder = new NpgsqlSlimDataSourceBuilder(connection.ConnectionString);
            builder.UsePasswordProvider(_ => Password(), (_, _) => ValueTask.FromResult(Password()));
            return builder.Build();
        });
        using (var database = new Database(pool, Short))
        {
            var calls = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => database.WriteAsync(0, static async (connection, _) => await connection.Command("SELECT 1").FirstAsync<int>(), CancellationToken.None)));
            Assert.All(calls, answer => Assert.Equal(1, answer));
            Assert.True(asked > 1, "No pool was retired.");
        }

        for (var attempt = 0; attempt < 200 && await ConnectionsAsync(faults) != ""; attempt++) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.Equal("", await ConnectionsAsync(faults));

        string Password()
        {
            if (Interlocked.Increment(ref asked) <= 10) pool!.Retire(pool.Current);
            return faults.Server.Password;
        }
    }

    // The moment between taking the pool and asking it is too short to be met.
    [Fact]
    public async Task Pool_RetiredBeforeItIsAsked_IsNoFaultOfTheCall()
    {
        var generation = new PoolGeneration(NpgsqlDataSource.Create($"Host={Loopback.Host}"), isOwned: true);
        generation.Dispose();
        var call = new Call<int, int>(generation, 0, (_, _) => Task.FromResult(0));
        Assert.NotNull(await Record.ExceptionAsync(() => call.RunAsync(CancellationToken.None)));
        Assert.True(!call.HasConnection && call.Pool.IsRetired);
    }

    [Fact]
    public async Task Disposed_WhoWaitsForAConnection_IsToldSoAtOnce()
    {
        await using var faults = await FaultServer.StartAsync();
        var backend = await faults.OpenAsync(TimeSpan.FromSeconds(20), connections: 1);
        await backend.SetStringAsync("key", "value");
        await using var locked = await LockAsync(faults, "LOCK TABLE cistern_cache");
        var holding = backend.GetAsync("key").AsTask();
        await WaitForBlockedAsync(faults);
        var waiting = FaultServer.MeasureAsync(() => backend.GetAsync("key").AsTask());
        await backend.DisposeAsync();
        var (fault, took) = await waiting;
        Assert.IsType<ObjectDisposedException>(fault);
        Assert.True(took < TimeSpan.FromSeconds(5), $"It took {took.TotalMilliseconds} ms.");
        await locked.DisposeAsync();
        await Record.ExceptionAsync(() => holding);
    }

    // The processes of the server that serve the backend: another one is another connection.
    private static async Task<string> ConnectionsAsync(FaultServer faults)
    {
        await using var connection = await ConnectAsync(faults);
        await using var command = new NpgsqlCommand("SELECT coalesce(string_agg(pid::text, ' ' ORDER BY pid), '') FROM pg_stat_activity WHERE application_name = 'cistern'", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    // Locks what a statement locks, until the connection is disposed.
    private static async Task<NpgsqlConnection> LockAsync(FaultServer faults, string statement)
    {
        var connection = await ConnectAsync(faults);
        await using var command = new NpgsqlCommand($"BEGIN; {statement}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task WaitForBlockedAsync(FaultServer faults)
    {
        await using var connection = await ConnectAsync(faults);
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = 'cistern' AND wait_event_type = 'Lock')", connection);
        while (await command.ExecuteScalarAsync() is not true) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
    }

    private static async Task<NpgsqlConnection> ConnectAsync(FaultServer faults)
    {
        var connection = new NpgsqlConnection(DatabaseServer.ConnectionTo(faults.Server) + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
