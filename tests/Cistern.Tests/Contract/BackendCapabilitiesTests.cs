namespace Cistern.Tests.Contract;

public sealed class BackendCapabilitiesTests
{
    [Fact]
    public void Defaults_PromiseTheLeast()
    {
        var capabilities = new BackendCapabilities();
        Assert.Equal((false, false, false, false, false), (capabilities.IsPersistent, capabilities.IsShared, capabilities.ReportsEvictions, capabilities.ReportsExpirations, capabilities.KeysMayRepeat));
        Assert.Equal((BatchAtomicity.Entry, VersionRetention.UntilEvicted), (capabilities.BatchAtomicity, capabilities.VersionRetention));
        Assert.Equal((null, null, null, null), (capabilities.MaxValueBytes, capabilities.Capacity, capabilities.MaxSizeBytes, capabilities.MaxMemoryBytes));
    }

    [Fact]
    public void Equality_IsByValue() =>
        Assert.Equal(new BackendCapabilities { IsShared = true, BatchAtomicity = BatchAtomicity.Part }, new BackendCapabilities { BatchAtomicity = BatchAtomicity.Part, IsShared = true });

    [Fact]
    public async Task Backend_ThatSaysNoMore_KnowsNeitherRemovalsNorMemoryAndHasTheSystemsClock()
    {
        await using var backend = new ScriptedBackend();
        Assert.Null(backend.RemovalCount);
        Assert.Null(backend.EstimateMemoryBytes("k", 1));
        Assert.InRange(backend.ClockReads, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddMinutes(1));
    }

    [Fact]
    public void Usage_Defaults_AreUnknown() => Assert.Equal(new BackendUsage { Entries = null, SizeBytes = null, MemoryBytes = null }, default);
}
