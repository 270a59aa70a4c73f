using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The whole contract, against memory over a server, with a channel that others could hear.</summary>
public sealed class TieredRedisContract(RedisServers servers) : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock)
    {
        var far = await servers.OpenPlainAsync(new RedisBackendOptions { Prefix = $"{Guid.NewGuid():n}:", TimeProvider = clock });
        return await TieredBackend.OpenAsync(new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = clock }), far, new TieredBackendOptions { Invalidation = far.CreateInvalidationChannel() });
    }
}
