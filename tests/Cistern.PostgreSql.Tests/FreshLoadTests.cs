using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Cistern.Tests;

/// <summary>Batches of new keys, which are loaded straight into the table: whatever turns out to be there already, outcomes are as if each entry had been set alone.</summary>
public sealed class FreshLoadTests(DatabaseServer server) : PostgreSqlTest(server)
{
    private const int Rows = 1_000;

    // In the order in which they are sent. The last one is none of those that are looked for before.
    private static readonly string[] Keys = [.. Enumerable.Range(0, Rows).Select(i => $"key {i}").OrderBy(key => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))), StringComparer.Ordinal)];

    [Fact]
    public async Task NewKeys_OnEveryCondition_AreLoadedAndAllStored()
    {
        await using var backend = await OpenAsync();
        var drafts = Keys.Select((key, i) => Draft(key, i % 3 == 0 ? 1 : null, i % 3 == 1 ? SetCondition.IfAbsent : SetCondition.Always)).ToArray();
        Assert.True(await LoadAsync(drafts));
        Assert.Equal(Rows, (await backend.GetManyAsync(Keys)).Count);
        Assert.Equal(1, (await backend.GetEntryAsync(Keys[0]))!.Version);
    }

    [Theory]
    [InlineData("live")]
    [InlineData("expired")]
    [InlineData("tombstone")]
    public async Task OneKeyThatHasARow_UnseenBeforehand_NothingIsLoadedAndOutcomesAreExact(string what)
    {
        await using var backend = await OpenAsync();
        if (what == "tombstone") await backend.DeleteAsync(Keys[^1], 5);
        else await backend.SetAsync(Keys[^1], Bytes("old"), SetOptions.IfNewer(5) with { TimeToLive = TimeSpan.FromSeconds(1) });
        if (what == "expired") Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await LoadAsync([.. Keys.Select(key => Draft(key, 5))]));
        Assert.Equal(1, await CountRowsAsync());
        var outcomes = await backend.SetManyAsync(Keys.Select(key => new SetRequest(key, Bytes("new"), SetOptions.IfNewer(5))));
        Assert.All(outcomes.SkipLast(1), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        Assert.Equal(what switch { "live" => SetOutcome.AlreadyCurrent, "expired" => SetOutcome.Stored, _ => SetOutcome.Superseded }, outcomes[^1]);
        Assert.Equal(what switch { "live" => "old", "expired" => "new", _ => null }, await backend.GetStringAsync(Keys[^1]));
        Assert.Equal(what == "tombstone" ? Rows - 1 : Rows, (await backend.GetManyAsync(Keys)).Count);
    }

    [Theory]
    [InlineData(true, SetOutcome.Present)]
    [InlineData(false, SetOutcome.Stored)]
    public async Task KeyThatAnotherTransactionAddsMeanwhile_IsWaitedForAndDecides(bool isCommitted, SetOutcome expected)
    {
        await using var backend = await OpenAsync();
        await using var other = await AddAsync(Keys[500]);
        var set = backend.SetManyAsync(Keys.Select(key => new SetRequest(key, Bytes("new"), new SetOptions { Condition = SetCondition.IfAbsent }))).AsTask();
        await WaitForBlockedCopyAsync();
        await EndAsync(other, isCommitted);
        var outcomes = await set;
        Assert.All(outcomes.Index().Where(outcome => outcome.Index != 500), outcome => Assert.Equal(SetOutcome.Stored, outcome.Item));
        Assert.Equal(expected, outcomes[500]);
        Assert.Equal(isCommitted ? "other" : "new", await backend.GetStringAsync(Keys[500]));
        Assert.Equal(Rows, await CountRowsAsync());
    }

    [Fact]
    public async Task LargeBatch_WithAKeyThatAnotherTransactionAddsMeanwhile_IsWholeAndOutcomesAreExact()
    {
        await using var backend = await OpenAsync();
        await using var other = await AddAsync(Keys[500]);
        var more = Keys.Concat(Enumerable.Range(0, LongTransaction.PartEntries).Select(i => $"more {i}")).ToList();
        var set = backend.SetManyAsync(more.Select(key => new SetRequest(key, Bytes("new"), SetOptions.IfNewer(7)))).AsTask();
        await WaitForBlockedCopyAsync();
        await EndAsync(other, isCommitted: true);
        Assert.All(await set, outcome => Assert.Equal(SetOutcome.Stored, outcome));
        Assert.Equal("new", await backend.GetStringAsync(Keys[500]));
        Assert.Equal(more.Count, await CountRowsAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(LongTransaction.PartEntries)]
    public async Task ConnectionLostInTheMidst_LeavesNothing(int more)
    {
        await using var backend = await OpenAsync();
        await using var other = await AddAsync(Keys[^1]);
        var set = backend.SetManyAsync(Keys.Concat(Enumerable.Range(0, more).Select(i => $"more {i}")).Select(key => new SetRequest(key, Bytes("new")))).AsTask();
        var blocked = await WaitForBlockedCopyAsync();
        await RunAsync("SELECT pg_terminate_backend($1)", blocked);
        await Assert.ThrowsAsync<CacheBackendException>(() => set);
        await EndAsync(other, isCommitted: false);
        Assert.Equal(0, await CountRowsAsync());
    }

    [Fact]
    public async Task SendingThatFailsInTheMidst_LeavesNothingAndTheConnectionWhole()
    {
        await using var backend = await OpenAsync();
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync();
        var steps = BatchPlan.Of([.. Keys.Select(key => Draft(key, 1))], 100).Steps;
        await Assert.ThrowsAsync<InvalidOperationException>(() => CopyIn.SendAsync(connection, Statements.CopyFresh, new FailingSteps(steps[0]), hasStep: false));
        Assert.Equal(1, await connection.Command("SELECT 1").FirstAsync<int>());
        Assert.Equal(0, await CountRowsAsync());
    }

    [Fact]
    public async Task RepeatedKeys_AmongManyNewOnes_EachHaveTheirOutcomeAndTheLastWins()
    {
        await using var backend = await OpenAsync();
        var requests = Keys.Select(key => new SetRequest(key, Bytes("first"), SetOptions.IfNewer(1))).ToList();
        requests.Add(new SetRequest(Keys[7], Bytes("second"), SetOptions.IfNewer(2)));
        requests.Add(new SetRequest(Keys[7], Bytes("third"), SetOptions.IfNewer(2)));
        requests.Add(new SetRequest(Keys[8], Bytes("last")));
        var outcomes = await backend.SetManyAsync(requests);
        Assert.All(outcomes.Index().Where(outcome => outcome.Index != Rows + 1), outcome => Assert.Equal(SetOutcome.Stored, outcome.Item));
        Assert.Equal(SetOutcome.AlreadyCurrent, outcomes[Rows + 1]);
        Assert.Equal("second", await backend.GetStringAsync(Keys[7]));
        Assert.Equal("last", await backend.GetStringAsync(Keys[8]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ValuesOfEveryLength_AreWhole(bool isFresh)
    {
        await using var backend = await OpenAsync();
        var random = new Random(1);
        var lengths = Enumerable.Range(65_300, 300).Concat(Enumerable.Range(0, 300)).Concat([131_072, 1_048_576, 3_000_000]).ToArray();
        random.Shuffle(lengths);
        var requests = lengths.Select(length => new SetRequest($"{length}", RandomNumberGenerator.GetBytes(length))).ToList();
        if (!isFresh) await backend.SetManyAsync(requests.Select(request => request with { Value = Bytes("old") }));
        Assert.All(await backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        var found = await backend.GetManyAsync(requests.Select(request => request.Key));
        foreach (var request in requests) Assert.True(request.Value.Span.SequenceEqual(found[request.Key]), request.Key);
    }

    [Fact]
    public async Task TableWithRowLevelSecurity_WhichCopyRefuses_IsWrittenAllTheSame()
    {
        await (await OpenAsync()).DisposeAsync();
        var role = $"app_{Guid.NewGuid():N}";
        await RunAsync($"CREATE ROLE {role} LOGIN PASSWORD '{role}'; GRANT ALL ON {Quoted} TO {role}; ALTER TABLE {Quoted} ENABLE ROW LEVEL SECURITY; CREATE POLICY everything ON {Quoted} USING (true)");
        var connection = new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Username = role, Password = role };
        await using var backend = await PostgreSqlBackend.OpenAsync(connection.ConnectionString, new PostgreSqlBackendOptions { Table = Table, TimeProvider = Clock });
        Assert.All(await backend.SetManyAsync(Keys.Select(key => new SetRequest(key, Bytes("new")))), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        Assert.Equal(Rows, await CountRowsAsync());
    }

    [Fact]
    public async Task KeysThatAreThereAgainAndAgain_AreTriedLessAndLessOften()
    {
        await using var backend = await OpenAsync();
        var plan = BatchPlan.Of([.. Keys.Select(key => Draft(key, null))], 100);
        await backend.SetManyAsync(Keys.Select(key => new SetRequest(key, Bytes("old"))));
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync();
        var load = new FreshLoad(Statements);
        var tries = 0;
        for (var batch = 0; batch < 100; batch++)
        {
            if (!load.IsWorthATry(plan)) continue;
            tries++;
            Assert.False(await load.TryAsync(connection, plan, null));
        }

        Assert.InRange(tries, 5, 8);
    }

    // A statement that is kept prepared keeps its plan, too, until statistics of the table are made anew.
    [Fact]
    public async Task LookForKeys_PreparedWhileTheTableWasEmpty_DoesNotReadAllOfItLater()
    {
        await (await OpenAsync()).DisposeAsync();
        await using (var connection = new NpgsqlConnection(Server.ConnectionString + ";Pooling=false;Max Auto Prepare=16;Auto Prepare Min Usages=1"))
        {
            await connection.OpenAsync();
            var load = new FreshLoad(Statements);
            for (var batch = 0; batch < 20; batch++)
            {
                if (batch == 10) await connection.ExecuteAsync($"TRUNCATE {Quoted}");
                Assert.True(await load.TryAsync(connection, BatchPlan.Of([.. Enumerable.Range(0, 500).Select(i => Draft($"{batch} {i}", null))], 100), null));
            }
        }

        // What a connection has counted shows once it is closed.
        while ((long)(await RunAsync("SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = $1", Table))! < 20) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);

        // Two indexes were built, and built again.
        Assert.InRange((long)(await RunAsync("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = $1", Table))!, 0, 4);
    }

    private EntryStatements Statements => new(new TableName("public", Table));

    private EntryDraft Draft(string key, long? version, SetCondition condition = SetCondition.Always) => new()
    {
        Key = key,
        Value = new System.Buffers.ReadOnlySequence<byte>(Bytes("new")),
        CreatedAtMilliseconds = Now,
        Version = version,
        Condition = version is null ? condition : SetCondition.IfNewer,
    };

    private async Task<bool> LoadAsync(EntryDraft[] drafts)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync();
        return await new FreshLoad(Statements).TryAsync(connection, BatchPlan.Of(drafts, 100), null);
    }

    // A transaction that has added a row, and has not ended.
    private async Task<NpgsqlConnection> AddAsync(string key)
    {
        var connection = new NpgsqlConnection(Server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN", connection);
        await command.ExecuteNonQueryAsync();
        command.CommandText = $"INSERT INTO {Quoted} (key_hash, key, created_at, value) VALUES (sha256($1), $1, $2, 'other')";
        command.Parameters.Add(new NpgsqlParameter { Value = Bytes(key) });
        command.Parameters.Add(new NpgsqlParameter { Value = Now });
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task EndAsync(NpgsqlConnection connection, bool isCommitted)
    {
        await using var command = new NpgsqlCommand(isCommitted ? "COMMIT" : "ROLLBACK", connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<int> WaitForBlockedCopyAsync()
    {
        while (true)
        {
            if (await RunAsync("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND starts_with(query, $1)", $"COPY {new TableName("public", Table)} ") is int blocked) return blocked;
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    /// <summary>Rows, and then an error.</summary>
    private sealed class FailingSteps(BatchStep step) : IReadOnlyList<BatchStep>
    {
        public int Count => 2;

        public BatchStep this[int index] => index == 0 ? step : throw new InvalidOperationException("as arranged");

        public IEnumerator<BatchStep> GetEnumerator() => throw new NotSupportedException();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
