using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The file backend with each write synced, and its journal folded after every few of them.</summary>
public sealed class FileCompactingContract(TempFolder folder) : CacheBackendContract, IClassFixture<TempFolder>
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        new(FileBackend.Open(folder.Fresh(), new FileBackendOptions { TimeProvider = clock, CompactionBytes = 600, Durability = FileDurability.Power }));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(FileBackend.Open(
        folder.Fresh(), new FileBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes, CompactionBytes = 600, Durability = FileDurability.Power }));
}
