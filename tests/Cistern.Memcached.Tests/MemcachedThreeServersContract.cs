using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The memcached backend on three servers, and with a longer memory for deleted keys.</summary>
public sealed class MemcachedThreeServersContract(SharedServers servers) : CacheBackendContract
{
    protected override TimeSpan TombstoneRetention => TimeSpan.FromMinutes(10);

    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        await MemcachedBackend.OpenAsync(servers.Three.Select(SharedServers.AddressOf), SuiteOptions.Of(clock) with { TombstoneRetention = TombstoneRetention });
}
