using Npgsql;

namespace Cistern.Tests;

/// <summary>What opening finds, creates and refuses.</summary>
public sealed class OpeningTests(DatabaseServer server) : PostgreSqlTest(server)
{
    private const string OurColumns = "key_hash bytea PRIMARY KEY, key bytea NOT NULL, version bigint, created_at bigint NOT NULL, expires_at bigint, absolute_end bigint, replaced boolean, metadata bytea, value bytea";

    public static TheoryDataRow<string, string>[] OtherTables { get; } =
    [
        new("CREATE TABLE {0} (key text PRIMARY KEY, value text)", "is not a table of this backend"),
        new($"CREATE TABLE {{0}} ({OurColumns})", "is not a table of this backend"),
        new($"CREATE TABLE {{0}} ({OurColumns}); COMMENT ON TABLE {{0}} IS 'somebody''s own'", "is not a table of this backend"),
        new($"CREATE TABLE {{0}} ({OurColumns}); COMMENT ON TABLE {{0}} IS 'Cistern cache, schema 2'", "a newer one made it"),
        new($"CREATE TABLE {{0}} ({OurColumns}); COMMENT ON TABLE {{0}} IS 'Cistern cache, schema 0'", "which never was"),
        new($"CREATE TABLE {{0}} ({OurColumns}, more text); COMMENT ON TABLE {{0}} IS 'Cistern cache, schema 1'", "has not the columns of its version"),
        new($"CREATE TABLE {{0}} ({OurColumns.Replace(" PRIMARY KEY", "", StringComparison.Ordinal)}); COMMENT ON TABLE {{0}} IS 'Cistern cache, schema 1'", "has not the columns of its version"),
        new($"CREATE TABLE {{0}} ({OurColumns.Replace("version bigint", "version integer", StringComparison.Ordinal)}); COMMENT ON TABLE {{0}} IS 'Cistern cache, schema 1'", "has not the columns of its version"),
        new("CREATE VIEW {0} AS SELECT 1 AS key; COMMENT ON VIEW {0} IS 'Cistern cache, schema 1'", "has not the columns of its version"),
        new("CREATE SEQUENCE {0}", "is not a table of this backend"),
    ];

    [Theory]
    [MemberData(nameof(OtherTables))]
    public async Task Open_AnothersTable_IsRefusedAndUnchanged(string create, string reason)
    {
        await RunAsync(string.Format(create, Quoted));
        var before = await DescribeAsync();
        Assert.Contains(reason, (await OpenFaultAsync()).Message, StringComparison.Ordinal);
        Assert.Contains(reason, (await OpenFaultAsync(new PostgreSqlBackendOptions { IsLogged = true })).Message, StringComparison.Ordinal);
        Assert.Equal(before, await DescribeAsync());
    }

    [Fact]
    public async Task Open_TableThatIsNotThereAndMayNotBeCreated_IsAFault()
    {
        Assert.Contains("is not there", (await OpenFaultAsync(new PostgreSqlBackendOptions { CreateTable = false })).Message, StringComparison.Ordinal);
        Assert.Equal("", await DescribeAsync());
        await (await OpenAsync()).DisposeAsync();
        await (await OpenAsync(new PostgreSqlBackendOptions { CreateTable = false })).DisposeAsync();
    }

    [Fact]
    public async Task Open_SchemaThatIsNotThere_IsAFault() =>
        Assert.Contains("nowhere", (await OpenFaultAsync(new PostgreSqlBackendOptions { Schema = "nowhere" })).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Open_AnotherSchema_IsAnotherTable()
    {
        await RunAsync("CREATE SCHEMA IF NOT EXISTS \"Other; Schema\"");
        await using var here = await OpenAsync();
        await using var there = await OpenAsync(new PostgreSqlBackendOptions { Schema = "Other; Schema" });
        await here.SetStringAsync("key", "here");
        await there.SetStringAsync("key", "there");
        Assert.Equal("here", await here.GetStringAsync("key"));
        Assert.Equal("there", await there.GetStringAsync("key"));
    }

    [Theory]
    [InlineData(false, VersionRetention.UntilEvicted, "u")]
    [InlineData(true, VersionRetention.Durable, "p")]
    public async Task Open_Logged_IsWhatTheTableIs(bool isLogged, VersionRetention retention, string persistence)
    {
        await using var backend = await OpenAsync(new PostgreSqlBackendOptions { IsLogged = isLogged });
        Assert.Equal(retention, backend.Capabilities.VersionRetention);
        Assert.Equal(persistence, await RunAsync("SELECT relpersistence::text FROM pg_class WHERE relname = $1", Table));

        // Whoever opens it later is told what it is.
        await using var later = await OpenAsync();
        Assert.Equal(retention, later.Capabilities.VersionRetention);
    }

    [Fact]
    public async Task Open_UnloggedWhereALoggedOneIsWanted_IsRefused()
    {
        await (await OpenAsync()).DisposeAsync();
        Assert.Contains("SET LOGGED", (await OpenFaultAsync(new PostgreSqlBackendOptions { IsLogged = true })).Message, StringComparison.Ordinal);
        await RunAsync($"ALTER TABLE {Quoted} SET LOGGED");
        await using var backend = await OpenAsync(new PostgreSqlBackendOptions { IsLogged = true });
        Assert.Equal(VersionRetention.Durable, backend.Capabilities.VersionRetention);
    }

    [Fact]
    public async Task Open_ManyAtOnce_CreateOneTable()
    {
        var backends = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync())));
        await backends[0].SetStringAsync("key", "value");
        foreach (var backend in backends)
        {
            Assert.Equal("value", await backend.GetStringAsync("key"));
            await backend.DisposeAsync();
        }
    }

    [Fact]
    public async Task Open_IsolationThatShowsThePast_IsRefused()
    {
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await PostgreSqlBackend.OpenAsync(
            Server.ConnectionString + ";Options='-c default_transaction_isolation=serializable'", new PostgreSqlBackendOptions { Table = Table }));
        Assert.Contains("'serializable'", fault.Message, StringComparison.Ordinal);
        Assert.Equal("", await DescribeAsync());
    }

    [Fact]
    public async Task DataSource_OfAnApplication_IsUsedAndNotDisposed()
    {
        await using var source = NpgsqlDataSource.Create(Server.ConnectionString);
        var options = new PostgreSqlBackendOptions { Table = Table, TimeProvider = Clock };
        await using (var backend = await PostgreSqlBackend.OpenAsync(source, options))
        {
            await backend.SetStringAsync("key", "value");
            await backend.SetManyAsync(Enumerable.Range(0, LongTransaction.PartEntries + 1).Select(i => new SetRequest($"{i}", Bytes("x"))));
        }

        await using (var again = await PostgreSqlBackend.OpenAsync(source, options)) Assert.Equal("value", await again.GetStringAsync("key"));
        await using var command = source.CreateCommand("SELECT 1");
        Assert.Equal(1, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task DataSource_InsideATransactionOfTheApplication_TakesNoPartInIt()
    {
        await using var source = NpgsqlDataSource.Create(Server.ConnectionString);
        await using var backend = await PostgreSqlBackend.OpenAsync(source, new PostgreSqlBackendOptions { Table = Table });
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled)) await backend.SetStringAsync("key", "value");
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task Open_NameThatCannotBeOne_IsAnArgument()
    {
        foreach (var name in new[] { "", "\0", "nul\0", new string('x', 64), new string('é', 32), '\ud83d'.ToString() })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await PostgreSqlBackend.OpenAsync(Server.ConnectionString, new PostgreSqlBackendOptions { Table = name }));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await PostgreSqlBackend.OpenAsync(Server.ConnectionString, new PostgreSqlBackendOptions { Schema = name }));
        }
    }

    private async Task<string> DescribeAsync() => (string)(await RunAsync(
        """
        SELECT coalesce(string_agg(c.relkind::text || c.relpersistence::text || c.oid || coalesce(obj_description(c.oid, 'pg_class'), '') || (SELECT string_agg(a.attname || a.atttypid || a.attnotnull, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid), '; '), '')
        FROM pg_class c WHERE c.relname = $1
        """, Table))!;
}
