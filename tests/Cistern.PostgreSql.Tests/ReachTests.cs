using System.Net;
using System.Net.Sockets;
using Cistern.Servers;
using Npgsql;

namespace Cistern.Tests;

/// <summary>Databases that cannot be reached: the error says why, and never the password.</summary>
public sealed class ReachTests(DatabaseServer server) : PostgreSqlTest(server)
{
    private const string Secret = "hunter2-Secret";

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    public static TheoryDataRow<string>[] Malformed { get; } = [new($"Host=x;Password={Secret};;=;'"), new($"pasword={Secret}"), new($"Host=x;{Secret}=1"), new($"Port={Secret}"), new($"Host=x;Max Pool Size={Secret}")];

    [Fact]
    public async Task Open_WrongPassword_SaysSoWithoutIt()
    {
        var fault = await FaultAsync(new(Server.ConnectionString) { Password = Secret });
        Assert.Contains("authentication", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_DatabaseThatIsNotThere_SaysItsName()
    {
        var fault = await FaultAsync(new(Server.ConnectionString) { Database = "nobody's" });
        Assert.Contains("nobody's", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Server.Password, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NobodyListens_IsAFault() => await FaultAsync(new(Server.ConnectionString) { Port = Loopback.TakePort(), Password = Secret });

    [Fact]
    public async Task Open_TlsThatTheServerHasNot_IsAFault() => await FaultAsync(new(Server.ConnectionString) { SslMode = SslMode.Require });

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("-ERR unknown command\r\n")]
    [InlineData("R\u0000\u0000\u0000\u0004")]
    [InlineData("E\u007f\u007f\u007f\u007f")]
    [InlineData("N")]
    [InlineData("")]
    public async Task Open_PortThatSpeaksSomethingElse_IsAFaultInItsTime(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, answer);
        var connection = new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Port = ((IPEndPoint)listener.LocalEndpoint).Port, Password = Secret };
        var (fault, took) = await FaultServer.MeasureAsync(() => FaultAsync(connection));
        Assert.Null(fault);
        Assert.True(took <= Short * 1.1, $"It took {took.TotalMilliseconds} ms.");
        listener.Stop();
        await answering;
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Open_MalformedConnectionString_IsAnArgumentThatShowsNothingOfIt(string connectionString)
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(async () => await PostgreSqlBackend.OpenAsync(connectionString));
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_UserWhosePasswordHasChanged_IsAFaultWithoutIt()
    {
        await RunAsync($"CREATE ROLE \"{Table}\" LOGIN PASSWORD '{Secret}'");
        await RunAsync($"GRANT CREATE ON SCHEMA public TO \"{Table}\"");
        var connection = new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Username = Table, Password = Secret };
        await using var backend = await PostgreSqlBackend.OpenAsync(connection.ConnectionString, new PostgreSqlBackendOptions { Table = Table });
        await backend.SetStringAsync("key", "value");
        await RunAsync($"ALTER ROLE \"{Table}\" PASSWORD 'another'");
        await RunAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = $1", Table);
        var fault = await Assert.ThrowsAsync<CacheBackendException>(() => backend.GetStringAsync("key").AsTask());
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
    }

    private async Task<CacheBackendException> FaultAsync(NpgsqlConnectionStringBuilder connection)
    {
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await PostgreSqlBackend.OpenAsync(connection.ConnectionString, new PostgreSqlBackendOptions { Table = Table, Timeout = Short }));
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
        return fault;
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var asked = new byte[1024];
                while (await stream.ReadAsync(asked) > 0) await stream.WriteAsync(answer.Select(letter => (byte)letter).ToArray());
            }
        }
        catch (Exception fault) when (fault is SocketException or IOException or InvalidOperationException)
        {
            // The end.
        }
    }
}
