using Cistern.Servers;

namespace Cistern.Tests;

public sealed class SchemeTests(DatabaseServer server) : PostgreSqlTest(server)
{
    private static readonly BackendSchemes Schemes = new(PostgreSqlScheme.Instance, PostgreSqlScheme.LongInstance);

    private string Location => $"postgres://{PostgreSqlServer.User}:{Server.Server.Password}@{Loopback.Host}:{Server.Server.Port}/{PostgreSqlServer.User}";

    private string TableOption => $"table={Uri.EscapeDataString(Table)}";

    private BackendOpening Here => new() { TimeProvider = Clock };

    [Fact]
    public async Task Address_WithEveryOption_IsReadWhole()
    {
        await RunAsync("CREATE SCHEMA IF NOT EXISTS \"Far & away\"");
        var address = BackendAddress.Parse($"{Location}?{TableOption}&schema=Far%20%26%20away&logged=true&create=true&timeout=5s&connections=3&max-value=1KB&tls=prefer");
        await using var backend = await Schemes.OpenAsync(address, Here);
        Assert.Equal((VersionRetention.Durable, 1024L), (backend.Capabilities.VersionRetention, backend.Capabilities.MaxValueBytes));
        Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync("large", new byte[1025]));
        await backend.SetAsync("key", Bytes("value"), TimeSpan.FromSeconds(1));
        Assert.Equal(1L, await RunAsync($"SELECT count(*) FROM \"Far & away\".{Quoted}"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await backend.GetAsync("key"));
        Assert.DoesNotContain(Server.Server.Password, address.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_ByTheLongName_IsTheSame()
    {
        await using var one = await Schemes.OpenAsync(BackendAddress.Parse($"{Location}?{TableOption}"), Here);
        await one.SetStringAsync("key", "value");
        var address = BackendAddress.Parse($"postgresql{Location["postgres".Length..]}?{TableOption}");
        await using var other = await Schemes.OpenAsync(address, Here);
        Assert.Equal("value", await other.GetStringAsync("key"));
        Assert.DoesNotContain(Server.Server.Password, address.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_Connections_AreTheMostThatAreOpen()
    {
        await RunAsync($"CREATE ROLE \"{Table}\" LOGIN SUPERUSER PASSWORD 'counted'");
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse($"postgres://{Uri.EscapeDataString(Table)}:counted@{Loopback.Host}:{Server.Server.Port}/{PostgreSqlServer.User}?{TableOption}&connections=2"), Here);
        await using var connection = new Npgsql.NpgsqlConnection(Server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using (var command = new Npgsql.NpgsqlCommand($"BEGIN; LOCK TABLE {Quoted}", connection)) await command.ExecuteNonQueryAsync();
        var calls = Enumerable.Range(0, 50).Select(_ => backend.GetAsync("key").AsTask()).ToList();
        const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'";
        for (var attempt = 0; attempt < 500 && (long)(await RunAsync(Waiting, Table))! < 2; attempt++) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        Assert.Equal(2L, await RunAsync("SELECT count(*) FROM pg_stat_activity WHERE usename = $1", Table));
        await connection.CloseAsync();
        await Task.WhenAll(calls);
    }

    [Theory]
    [InlineData("connections=0", "connections must be a whole number")]
    [InlineData("connections=many", "connections must be a whole number")]
    [InlineData("connections=10001", "connections must be a whole number from 1 to 10000")]
    [InlineData("connections=99999999999", "connections must be a whole number from 1 to 10000")]
    [InlineData("max-value=0", "max-value must be a number of bytes")]
    [InlineData("max-value=2GB", "max-value must be from 1 to 1000000000 bytes")]
    [InlineData("max-value=lots", "max-value must be a number of bytes")]
    [InlineData("timeout=1ms", "timeout must be from 10 ms to 24 days")]
    [InlineData("ca=authority.crt", "ca needs tls=verify-full")]
    [InlineData("ca=authority.crt&tls=require", "ca needs tls=verify-full")]
    [InlineData("ca=nowhere.crt&tls=verify-full", "ca must be a file of certificates")]
    public async Task Address_OptionOutOfItsRange_SaysWhatIsAllowed(string option, string message)
    {
        var fault = await Assert.ThrowsAsync<FormatException>(async () => await Schemes.OpenAsync(BackendAddress.Parse($"postgresql://user:hunter2@host/db?{option}"), Here));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_OfUserPasswordAndDatabaseWithSigns_IsDecoded()
    {
        await RunAsync($"CREATE ROLE \"us@er:/{Table}\" LOGIN SUPERUSER PASSWORD 'p@ss:/?&%41'");
        await RunAsync($"CREATE DATABASE \"d@ta?base {Table}\"");
        var (user, database) = (Uri.EscapeDataString($"us@er:/{Table}"), Uri.EscapeDataString($"d@ta?base {Table}"));
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse($"postgres://{user}:p%40ss%3A%2F%3F%26%2541@{Loopback.Host}:{Server.Server.Port}/{database}"), Here);
        await backend.SetStringAsync("key", "value");
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Open_WhatMustExist_CreatesNothing(bool mustExist, bool isReadOnly)
    {
        var address = BackendAddress.Parse($"{Location}?{TableOption}");
        await Assert.ThrowsAsync<CacheBackendException>(async () => await Schemes.OpenAsync(address, Here with { MustExist = mustExist, IsReadOnly = isReadOnly }));
        await Assert.ThrowsAsync<CacheBackendException>(async () => await Schemes.OpenAsync(BackendAddress.Parse($"{Location}?{TableOption}&create=false"), Here));
        Assert.Equal(0L, await RunAsync("SELECT count(*) FROM pg_class WHERE relname = $1", Table));
        await (await Schemes.OpenAsync(address, Here)).DisposeAsync();
        await (await Schemes.OpenAsync(address, Here with { MustExist = mustExist, IsReadOnly = isReadOnly })).DisposeAsync();
    }

    [Theory]
    [InlineData("postgres:")]
    [InlineData("postgres:host")]
    [InlineData("postgres://")]
    [InlineData("postgres://user:hunter2@")]
    [InlineData("postgres://user:hunter2@host:port/db")]
    [InlineData("postgres://user:hunter2@host:0/db")]
    [InlineData("postgres://user:hunter2@host:70000/db")]
    [InlineData("postgres://user:hunter2@one,two/db")]
    [InlineData("postgres://user:hunter2@host/db/more")]
    [InlineData("postgres://user:hunter2%00@host/db")]
    [InlineData("postgres://host/db?table=")]
    [InlineData("postgres://host/db?table=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("postgres://host/db?schema=a%00b")]
    [InlineData("postgres://host/db?logged=yes")]
    [InlineData("postgres://host/db?create=maybe")]
    [InlineData("postgres://host/db?timeout=soon")]
    [InlineData("postgres://host/db?timeout=1ms")]
    [InlineData("postgres://host/db?timeout=100d")]
    [InlineData("postgres://host/db?tls=yes")]
    [InlineData("postgres://host/db?prefix=a")]
    public async Task Address_Malformed_IsAFormatErrorWithoutTheSecret(string address)
    {
        var fault = await Assert.ThrowsAsync<FormatException>(async () => await Schemes.OpenAsync(BackendAddress.Parse(address), Here));
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//host", "host", 5432, null, null, null)]
    [InlineData("//host/", "host", 5432, null, null, null)]
    [InlineData("//user@host:6000/db", "host", 6000, "user", null, "db")]
    [InlineData("//user:a@b:c@[::1]:6000/db", "::1", 6000, "user", "a@b:c", "db")]
    [InlineData("//user:@[::1]/d%2Fb", "::1", 5432, "user", null, "d/b")]
    public void Location_ItsParts_AreWhereTheyBelong(string location, string host, int port, string? user, string? password, string? database)
    {
        var connection = DatabaseLocation.Read(location);
        Assert.Equal((host, port, user, password, database), (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database));
    }
}
