using System.Security.Cryptography.X509Certificates;
using Cistern.Servers;
using StackExchange.Redis;

namespace Cistern.Tests;

/// <summary>What ends the opening of a backend, what does not, and what is said.</summary>
public sealed class OpeningTests(RedisServers servers)
{
    private static readonly RedisBackendOptions Options = new() { Timeout = TimeSpan.FromSeconds(3) };

    [Fact]
    public async Task Connect_ServerThatWantsACertificateOfTheClient_GoesByTheMultiplexer()
    {
        using var certificate = ServerCertificate.Create();
        await using var server = await StartMutualAsync(certificate);
        var configuration = Configure(server, certificate);
        using var own = X509Certificate2.CreateFromPem(certificate.Certificate, certificate.Key);
        using var loaded = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        configuration.CertificateSelection += (_, _, _, _, _) => loaded;
        await using var backend = await RedisBackend.OpenAsync(configuration, Options with { CertificateValidation = (_, presented, _, _) => Trust.IsSignedBy(presented, certificate.Authority) });
        Assert.Equal([SetOutcome.Stored, SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("a", "1"u8.ToArray()), new SetRequest("b", "2"u8.ToArray(), SetOptions.IfNewer(1))]));
        Assert.Equal("2", await backend.GetStringAsync("b"));
    }

    [Fact]
    public async Task Connect_ServerThatWantsACertificateThatNobodyHas_SaysSoInTime()
    {
        using var certificate = ServerCertificate.Create();
        await using var server = await StartMutualAsync(certificate);
        var began = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<CacheBackendException>(async () => await RedisBackend.OpenAsync(Configure(server, certificate), Options with { CertificateValidation = (_, presented, _, _) => Trust.IsSignedBy(presented, certificate.Authority) }));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Options.Timeout * 1.5);
    }

    [Fact]
    public async Task Connect_ServerThatDoesNotKnowWhatAConnectionIsCalled_IsOpened()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Directives = ["rename-command CLIENT \"\""] });
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), Options);
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]));
    }

    [Fact]
    public async Task SetMany_ServerThatCannotSave_SaysSoAndGoesOnReading()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Directives = ["dbfilename in-the-way"] });
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), Options);
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]));
        Directory.CreateDirectory(Path.Combine((await server.AskAsync("config", "get", "dir")).Split('\n')[1], "in-the-way", "folder"));
        await server.AskAsync("config", "set", "save", "3600 1");
        await server.AskAsync("bgsave");
        while ((await server.AskAsync("info", "persistence")).Contains("rdb_last_bgsave_status:ok", StringComparison.Ordinal)) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        Assert.Contains("MISCONF", await server.AskAsync("ping"), StringComparison.Ordinal);
        for (var round = 0; round < 2; round++)
        {
            var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync([new SetRequest("key", "other"u8.ToArray())]));
            Assert.Contains("\"key\": MISCONF", fault.Message, StringComparison.Ordinal);
            Assert.Equal("value", await backend.GetStringAsync("key"));
            await server.AskAsync("client", "kill", "type", "normal");
            while (await Record.ExceptionAsync(async () => await backend.GetAsync("key")) is not null) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        var refusal = await Assert.ThrowsAsync<CacheBackendException>(async () => await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), Options));
        Assert.Contains("MISCONF", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ServerThatWantsNoPassword_IsOpenedWithOne()
    {
        var server = await servers.PlainAsync();
        var configuration = RedisServers.Configure(server.Port);
        configuration.Password = "needless";
        await using var backend = await RedisBackend.OpenAsync(configuration, Options with { Prefix = $"{Guid.NewGuid():n}:" });
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]));
    }

    [Theory]
    [InlineData("99")]
    [InlineData("16")]
    public async Task Connect_DatabaseThatThereIsNot_SaysWhichThereAre(string database)
    {
        var server = await servers.PlainAsync();
        var address = BackendAddress.Parse($"redis://{Loopback.Host}:{server.Port}/{database}");
        for (var i = 0; i < 5; i++)
        {
            var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await new BackendSchemes(RedisScheme.Instance).OpenAsync(address));
            Assert.Contains($"no database {database}", fault.Message, StringComparison.Ordinal);
            Assert.Contains("0 to 15", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Location_OfSeveralHostsWithTls_AsksEachForItsOwnName()
    {
        Assert.Equal("a", RedisLocation.Parse("//a:1,a:2").ToConfiguration(isTls: true, Options.Timeout).SslHost);
        Assert.Null(RedisLocation.Parse("//a,b").ToConfiguration(isTls: true, Options.Timeout).SslHost);
    }

    private static Task<RedisServer> StartMutualAsync(ServerCertificate certificate) =>
        RedisServer.StartAsync(new RedisServerOptions { Certificate = certificate, Directives = [$"tls-ca-cert-file {certificate.AuthorityPath}", "tls-auth-clients yes"] });

    private static ConfigurationOptions Configure(RedisServer server, ServerCertificate certificate)
    {
        var configuration = RedisServers.Configure(server.Port);
        configuration.Ssl = true;
        configuration.SslHost = Loopback.Host;
        configuration.CertificateValidation += (_, presented, _, _) => Trust.IsSignedBy(presented, certificate.Authority);
        return configuration;
    }
}
