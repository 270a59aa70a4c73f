using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The file backend as it comes: default bounds, LRU.</summary>
public sealed class FileContract(TempFolder folder) : CacheBackendContract, IClassFixture<TempFolder>
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(FileBackend.Open(folder.Fresh(), new FileBackendOptions { TimeProvider = clock }));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(FileBackend.Open(folder.Fresh(), new FileBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes }));
}
