using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The Redis backend on one server.</summary>
public sealed class RedisPlainContract(RedisServers servers) : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        await servers.OpenPlainAsync(new RedisBackendOptions { Prefix = $"{Guid.NewGuid():n}:", TimeProvider = clock });
}
