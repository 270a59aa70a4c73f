using Cistern.Servers;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(Cistern.Tests.RedisServers))]

namespace Cistern.Tests;

/// <summary>The servers that all tests here share, each started when the first test wants it. Tests have prefixes of their own.</summary>
public sealed class RedisServers : IAsyncDisposable
{
    private const string Password = "correct horse";

    private readonly Started<RedisServer> _plain = new(() => RedisServer.StartAsync());
    private readonly Started<RedisServer> _withPassword = new(() => RedisServer.StartAsync(new RedisServerOptions { Password = Password.Replace(' ', '-') }));
    private readonly Started<RedisServer> _withTls;
    private readonly Started<RedisCluster> _cluster = new(() => RedisCluster.StartAsync());
    private readonly ServerCertificate _certificate = ServerCertificate.Create();

    public RedisServers() => _withTls = new(() => RedisServer.StartAsync(new RedisServerOptions { Certificate = _certificate }));

    /// <summary>The plain server.</summary>
    public Task<RedisServer> PlainAsync() => _plain.GetAsync();

    /// <summary>The cluster.</summary>
    public Task<RedisCluster> ClusterAsync() => _cluster.GetAsync();

    /// <summary>The server that speaks TLS, and its certificate.</summary>
    public async Task<(RedisServer Server, ServerCertificate Certificate)> TlsAsync() => (await _withTls.GetAsync(), _certificate);

    public async Task<RedisBackend> OpenPlainAsync(RedisBackendOptions options) => await RedisBackend.OpenAsync(Configure((await _plain.GetAsync()).Port), options);

    public async Task<RedisBackend> OpenWithPasswordAsync(RedisBackendOptions options)
    {
        var configuration = Configure((await _withPassword.GetAsync()).Port);
        configuration.Password = Password.Replace(' ', '-');
        return await RedisBackend.OpenAsync(configuration, options);
    }

    public async Task<RedisBackend> OpenWithTlsAsync(RedisBackendOptions options)
    {
        var configuration = Configure((await _withTls.GetAsync()).Port);
        configuration.Ssl = true;
        configuration.SslHost = Loopback.Host;
        return await RedisBackend.OpenAsync(configuration, options with { CertificateValidation = (_, certificate, _, _) => Trust.IsSignedBy(certificate, _certificate.Authority) });
    }

    public async Task<RedisBackend> OpenClusterAsync(RedisBackendOptions options)
    {
        var cluster = await _cluster.GetAsync();
        return await RedisBackend.OpenAsync(Configure([.. cluster.Masters.Select(master => master.Port)]), options);
    }

    /// <summary>How to reach servers of this machine.</summary>
    public static ConfigurationOptions Configure(params int[] ports)
    {
        var configuration = new ConfigurationOptions();
        foreach (var port in ports) configuration.EndPoints.Add(Loopback.Host, port);
        return configuration;
    }

    public async ValueTask DisposeAsync()
    {
        await _plain.DisposeAsync();
        await _withPassword.DisposeAsync();
        await _withTls.DisposeAsync();
        await _cluster.DisposeAsync();
        _certificate.Dispose();
    }
}
