using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The race of the suite, tested in its turn.</summary>
public sealed class VersionRaceTests
{
    [Fact]
    public async Task VersionRace_FillersWriteBlindly_LeavesStaleValues()
    {
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        Assert.InRange(await new VersionRace(backend, keys: 500, isBlind: true).RunAsync(), 1, 500);
    }

    [Fact]
    public async Task VersionRace_WithVersions_LeavesNone()
    {
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        Assert.Equal(0, await new VersionRace(backend, keys: 20_000, isBlind: false).RunAsync());
    }
}
