namespace Cistern.Tests;

/// <summary>Options for the suite, whose clock stands still while the servers' go on; patient, as machines of tests are slow.</summary>
internal static class SuiteOptions
{
    public static MemcachedBackendOptions Of(TimeProvider? clock = null) => new()
    {
        Prefix = SharedServers.NewPrefix(),
        TimeProvider = clock,
        Timeout = TimeSpan.FromSeconds(20),
        SweepDelay = TimeSpan.FromMinutes(2),
    };
}
