using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The memcached backend on a server that does not list its keys: listing and clearing are faults, everything else is as ever.</summary>
public sealed class MemcachedUnlistedContract(SharedServers servers) : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.Unlisted)], SuiteOptions.Of(clock));
}
