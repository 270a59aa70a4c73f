using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The Redis backend on one server that asks for a password.</summary>
public sealed class RedisWithPasswordContract(RedisServers servers) : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        await servers.OpenWithPasswordAsync(new RedisBackendOptions { Prefix = $"{Guid.NewGuid():n}:", TimeProvider = clock });
}
