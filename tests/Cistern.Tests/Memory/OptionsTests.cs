namespace Cistern.Tests.Memory;

/// <summary>The options of a backend in memory: defaults, what naming a bound does, and what is refused.</summary>
public sealed class OptionsTests
{
    private const long MB = 1024 * 1024;

    [Fact]
    public void Defaults_NoOptions_Are100MBOfValuesAnd256MBInAll()
    {
        using var backend = new InMemoryBackend();
        var capabilities = backend.Capabilities;
        Assert.Equal((null, 100 * MB, 256 * MB), (capabilities.Capacity, capabilities.MaxSizeBytes, capabilities.MaxMemoryBytes));
        Assert.Equal(64 * MB, capabilities.MaxValueBytes);
        Assert.Equal((100 * MB, 256 * MB), (InMemoryBackendOptions.DefaultMaxSizeBytes, InMemoryBackendOptions.DefaultMaxMemoryBytes));
        Assert.Equal("memory", backend.Name);
    }

    [Fact]
    public void Defaults_OfTheOptions_AreAdaptiveAndAMinuteOfTombstones()
    {
        var options = new InMemoryBackendOptions();
        Assert.Equal((EvictionMode.Adaptive, TimeSpan.FromSeconds(60), false, "memory"), (options.Eviction, options.TombstoneRetention, options.IsUnbounded, options.Name));
        Assert.Null(options.TimeProvider);
    }

    [Theory]
    [InlineData(5L, null, null)]
    [InlineData(null, 5L, null)]
    [InlineData(null, null, 5L)]
    [InlineData(1L, 2L, 3L)]
    [InlineData(1L, null, 3L)]
    public void Bounds_NamingAny_DropsTheDefaults(long? capacity, long? maxSize, long? maxMemory)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = capacity, MaxSizeBytes = maxSize, MaxMemoryBytes = maxMemory });
        var capabilities = backend.Capabilities;
        Assert.Equal((capacity, maxSize, maxMemory), (capabilities.Capacity, capabilities.MaxSizeBytes, capabilities.MaxMemoryBytes));
    }

    [Fact]
    public async Task Unbounded_HasNoBoundAndNoUtilization()
    {
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        backend.Set("a", new byte[10]);
        var capabilities = backend.Capabilities;
        Assert.Equal((null, null, null), (capabilities.Capacity, capabilities.MaxSizeBytes, capabilities.MaxMemoryBytes));
        Assert.Equal(0, (await backend.GetStatsAsync()).Utilization);
    }

    public static TheoryData<string, InMemoryBackendOptions> OutOfRange() => new()
    {
        { "Capacity", new InMemoryBackendOptions { Capacity = 0 } },
        { "Capacity", new InMemoryBackendOptions { Capacity = -1 } },
        { "MaxSizeBytes", new InMemoryBackendOptions { MaxSizeBytes = 0 } },
        { "MaxMemoryBytes", new InMemoryBackendOptions { MaxMemoryBytes = long.MinValue } },
        { "MaxValueBytes", new InMemoryBackendOptions { MaxValueBytes = 0 } },
        { "Eviction", new InMemoryBackendOptions { Eviction = (EvictionMode)5 } },
        { "Eviction", new InMemoryBackendOptions { Eviction = (EvictionMode)(-1) } },
        { "TombstoneRetention", new InMemoryBackendOptions { TombstoneRetention = TimeSpan.Zero } },
        { "TombstoneRetention", new InMemoryBackendOptions { TombstoneRetention = TimeSpan.FromTicks(-1) } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void Options_OutOfRange_AreRefusedByName(string name, InMemoryBackendOptions options) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryBackend(options)).ParamName);

    [Fact]
    public void IsUnbounded_BesideABound_IsRefused()
    {
        Assert.Throws<ArgumentException>("IsUnbounded", () => new InMemoryBackend(new InMemoryBackendOptions { IsUnbounded = true, Capacity = 1 }));
        Assert.Throws<ArgumentException>("IsUnbounded", () => new InMemoryBackend(InMemoryBackendOptions.Unbounded with { MaxSizeBytes = 1 }));
        Assert.Throws<ArgumentException>("IsUnbounded", () => new InMemoryBackend(InMemoryBackendOptions.Unbounded with { MaxMemoryBytes = 1 }));
    }

    [Fact]
    public async Task Name_IsWhatStatisticsSay()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Name = "near" });
        Assert.Equal(("near", "near"), (backend.Name, (await backend.GetStatsAsync()).Backend));
        Assert.Throws<ArgumentException>(() => new InMemoryBackend(new InMemoryBackendOptions { Name = "" }));
    }

    [Fact]
    public void Capabilities_TellWhatMemoryIs()
    {
        using var backend = new InMemoryBackend();
        var capabilities = backend.Capabilities;
        Assert.Equal((false, false, true, true), (capabilities.IsPersistent, capabilities.IsShared, capabilities.ReportsEvictions, capabilities.ReportsExpirations));
        Assert.Equal((false, BatchAtomicity.Part, VersionRetention.UntilEvicted), (capabilities.KeysMayRepeat, capabilities.BatchAtomicity, capabilities.VersionRetention));
    }

    [Fact]
    public async Task Stats_OfABoundedBackend_TellTheBoundsAndTheUtilization()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 200, MaxMemoryBytes = 4000 });
        backend.Set("a", new byte[50]);
        var stats = await backend.GetStatsAsync();
        Assert.Equal((200L, 4000L, 50L, 0.25), (stats.MaxSizeBytes, stats.MaxMemoryBytes, stats.CurrentSizeBytes, stats.Utilization));
    }
}
