using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The memcached backend on one server.</summary>
public sealed class MemcachedContract(SharedServers servers) : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], SuiteOptions.Of(clock));
}
