using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The file backend whose writers share their fsyncs, with the order of oldest added and a longer memory for deleted keys.</summary>
public sealed class FileGroupContract(TempFolder folder) : CacheBackendContract, IClassFixture<TempFolder>
{
    protected override TimeSpan TombstoneRetention => TimeSpan.FromMinutes(10);

    protected override EvictionMode? Eviction => EvictionMode.OldestAdded;

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        new(FileBackend.Open(folder.Fresh(), new FileBackendOptions { TimeProvider = clock, IsUnbounded = true, Durability = FileDurability.Group, TombstoneRetention = TombstoneRetention }));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(FileBackend.Open(
        folder.Fresh(),
        new FileBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes, Durability = FileDurability.Group, Eviction = EvictionMode.OldestAdded }));
}
