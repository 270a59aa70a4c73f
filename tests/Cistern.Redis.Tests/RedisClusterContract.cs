using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The Redis backend on a cluster of three masters.</summary>
public sealed class RedisClusterContract(RedisServers servers) : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        await servers.OpenClusterAsync(new RedisBackendOptions { Prefix = $"{Guid.NewGuid():n}:", TimeProvider = clock });
}
