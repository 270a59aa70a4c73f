#region OwnBackendTests
using Cistern;
using Cistern.Testing;

namespace Samples.Tests;

/// <summary>The whole contract, against the backend of the guide.</summary>
public sealed class DictionaryBackendTests : CacheBackendContract
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(new DictionaryBackend(clock));
}
#endregion
