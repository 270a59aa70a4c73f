using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The reference backend on the whole suite, and, through the other constructor, each mutant of it.</summary>
public sealed class DictionaryContract : CacheBackendContract
{
    private readonly Func<Opening, CacheBackend> _open;

    public DictionaryContract() => _open = opening => new DictionaryBackend(opening);

    internal DictionaryContract(Type mutant) => _open = opening => (CacheBackend)Activator.CreateInstance(mutant, opening)!;

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(_open(new Opening(clock)));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(_open(new Opening(clock, capacity, maxSizeBytes)));
}
