using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The Redis backend on one server that speaks TLS.</summary>
public sealed class RedisWithTlsContract(RedisServers servers) : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        await servers.OpenWithTlsAsync(new RedisBackendOptions { Prefix = $"{Guid.NewGuid():n}:", TimeProvider = clock });
}
