namespace Cistern.Tests;

/// <summary>Expired rows go, some at a time, and nothing else does.</summary>
public sealed class SweepTests(DatabaseServer server) : PostgreSqlTest(server)
{
    [Fact]
    public async Task Sweep_RemovesOnlyWhatIsExpiredByThisClock()
    {
        await using var backend = await OpenAsync();
        await backend.SetAsync("short", Bytes("1"), TimeSpan.FromSeconds(10));
        await backend.SetAsync("long", Bytes("2"), TimeSpan.FromMilliseconds(10_001));
        await backend.SetStringAsync("endless", "3");
        await backend.DeleteAsync("deleted", 5);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await backend.Sweep.SweepPageAsync(default));
        Assert.Equal(3, await CountRowsAsync());
        Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(2, await backend.Sweep.SweepPageAsync(default));
        Assert.Equal(["endless"], await backend.KeysAsync().ToListAsync());
        Assert.Equal(1, await CountRowsAsync());
    }

    [Fact]
    public async Task Sweep_OnePage_IsBounded()
    {
        await using var backend = await OpenAsync();
        await FillAsync(backend, ExpirySweep.PageRows + 10);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ExpirySweep.PageRows, await backend.Sweep.SweepPageAsync(default));
        Assert.Equal(10, await CountRowsAsync());
    }

    [Fact]
    public async Task Sweep_RowThatSomebodyIsAt_IsPassedOver()
    {
        await using var backend = await OpenAsync();
        await FillAsync(backend, 10);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await using var connection = new Npgsql.NpgsqlConnection(Server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand($"SELECT 1 FROM {Quoted} LIMIT 1 FOR UPDATE", connection, transaction)) await command.ExecuteScalarAsync();
        Assert.Equal(9, await backend.Sweep.SweepPageAsync(default));
    }

    [Fact]
    public async Task Write_AfterTheInterval_SweepsAllBesideIt()
    {
        await using var backend = await OpenAsync(new PostgreSqlBackendOptions { SweepInterval = TimeSpan.FromSeconds(5) });
        await FillAsync(backend, 2 * ExpirySweep.PageRows + 10);
        Clock.Advance(TimeSpan.FromSeconds(4));
        await backend.SetStringAsync("key", "value");
        Assert.Equal(2 * ExpirySweep.PageRows + 11, await CountRowsAsync());
        Clock.Advance(TimeSpan.FromSeconds(1));
        await backend.SetStringAsync("key", "value");
        for (var attempt = 0; attempt < 500 && await CountRowsAsync() > 1; attempt++) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.Equal(1, await CountRowsAsync());
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task Sweep_WhileEntriesAreRenewed_TakesNoLiveOne()
    {
        await using var backend = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            await FillAsync(backend, 200);
            Clock.Advance(TimeSpan.FromSeconds(1));
            var renewing = Task.Run(async () =>
            {
                for (var i = 0; i < 200; i += 10) await backend.SetManyAsync(Enumerable.Range(i, 10).Select(key => new SetRequest($"{key}", Bytes("renewed"))));
            });
            while (!renewing.IsCompleted) await backend.Sweep.SweepPageAsync(default);
            await renewing;
            Assert.Equal(200, (await backend.GetManyAsync(Enumerable.Range(0, 200).Select(key => $"{key}"))).Count);
            await backend.ClearAsync();
        }
    }

    private static async Task FillAsync(PostgreSqlBackend backend, int count) =>
        await backend.SetManyAsync(Enumerable.Range(0, count).Select(i => new SetRequest($"{i}", Bytes("x"), new SetOptions { TimeToLive = TimeSpan.FromSeconds(1) })));
}
