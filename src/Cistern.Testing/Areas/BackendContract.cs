using System.Text;
using Xunit;

namespace Cistern.Testing;

/// <summary>
/// What every area of the suite shares: a clock that stands still, a fresh backend per test, and a check of the whole backend after each
/// test. Derive from <see cref="CacheBackendContract"/>, not from an area.
/// </summary>
public abstract class BackendContract : IAsyncLifetime
{
    private readonly List<CacheBackend> _bounded = [];
    private CacheBackend? _backend;

    private protected BackendContract()
    {
        StartedAt = Clock.GetUtcNow();
    }

    /// <summary>The clock of the backends under test. Moved only by the tests.</summary>
    protected ManualTimeProvider Clock { get; } = new();

    /// <summary>The backend under test, as <see cref="OpenAsync"/> gave it.</summary>
    protected CacheBackend Backend => _backend ?? throw new InvalidOperationException("The backend is opened by InitializeAsync.");

    /// <summary>How long the backend remembers the version of a deleted key. Default: 60 s.</summary>
    protected virtual TimeSpan TombstoneRetention => TimeSpan.FromSeconds(60);

    /// <summary>Which entry a bounded backend evicts first. Default: <see cref="EvictionMode.Lru"/>. Null: an order of its own; its tests are skipped.</summary>
    protected virtual EvictionMode? Eviction => EvictionMode.Lru;

    private protected DateTimeOffset StartedAt { get; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _backend = await OpenAsync(Clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        try
        {
            foreach (var backend in _bounded) await CheckAsync(backend);
            if (_backend is not null) await CheckAsync(_backend);
        }
        finally
        {
            foreach (var backend in _bounded) await backend.DisposeAsync();
            if (_backend is not null) await _backend.DisposeAsync();
        }
    }

    /// <summary>
    /// Opens an empty backend that no other test uses, with room for at least 2,000 entries and 8 MB of values. The suite disposes it.
    /// </summary>
    /// <param name="clock">The clock it must use.</param>
    protected abstract ValueTask<CacheBackend> OpenAsync(TimeProvider clock);

    /// <summary>Opens an empty backend with bounds, for the tests of bounds and eviction. Null (the default): it has none, and these tests are skipped.</summary>
    /// <param name="capacity">The most entries; null: not bounded.</param>
    /// <param name="maxSizeBytes">The most bytes of values; null: not bounded.</param>
    /// <param name="clock">The clock it must use.</param>
    protected virtual ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => default;

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private protected static SetOptions Lasting(int milliseconds) => new() { TimeToLive = TimeSpan.FromMilliseconds(milliseconds) };

    private protected static SetOptions IfAbsent { get; } = new() { Condition = SetCondition.IfAbsent };

    private protected async Task<CacheBackend> OpenBoundedAsync(long? capacity, long? maxSizeBytes)
    {
        var backend = await OpenBoundedAsync(capacity, maxSizeBytes, Clock);
        if (backend is null) Assert.Skip("The backend has no bounds.");
        _bounded.Add(backend);
        return backend;
    }

    private protected Task StoreAsync(string key, string value = "value", SetOptions? options = null) => StoreAsync(Backend, key, value, options);

    private protected static async Task StoreAsync(CacheBackend backend, string key, string value, SetOptions? options = null) =>
        Assert.Equal(SetOutcome.Stored, await backend.SetAsync(key, Bytes(value), options));

    private protected async Task<SetOutcome> SetAsync(string key, string value, SetOptions? options = null) => await Backend.SetAsync(key, Bytes(value), options);

    private protected async Task<string?> TextAsync(string key) => await Backend.GetStringAsync(key);

    private protected IAsyncEnumerable<string> Listing() => Listing(Backend);

    // A malformed pattern is refused by every backend; what follows needs one that lists.
    private protected static IAsyncEnumerable<string> Listing(CacheBackend backend, string pattern = "*")
    {
        var listing = backend.KeysAsync(pattern);
        RequireListing(backend);
        return listing;
    }

    private protected Task<long> ClearAsync() => ClearAsync(Backend);

    private protected static async Task<long> ClearAsync(CacheBackend backend)
    {
        RequireListing(backend);
        return await backend.ClearAsync();
    }

    private protected Task<List<string>> KeysAsync(string pattern = "*") => KeysAsync(Backend, pattern);

    private protected static async Task<List<string>> KeysAsync(CacheBackend backend, string pattern = "*")
    {
        var keys = new List<string>();
        await foreach (var key in Listing(backend, pattern)) keys.Add(key);

        // Repetition is a capability with a test of its own; everywhere else the set of keys is what counts.
        return backend.Capabilities.KeysMayRepeat ? [.. keys.Distinct().Order(StringComparer.Ordinal)] : [.. keys.Order(StringComparer.Ordinal)];
    }

    private protected void Advance(long milliseconds) => Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private protected async Task<CacheEntry> EntryAsync(string key)
    {
        var entry = await Backend.GetEntryAsync(key);
        Assert.NotNull(entry);
        return entry;
    }

    private protected async Task AssertUnchangedAsync(CacheEntry before)
    {
        var after = await EntryAsync(before.Key);
        Assert.Equal(before.Value.ToArray(), after.Value.ToArray());
        Assert.Equal(before.Metadata.Order(PairOrder), after.Metadata.Order(PairOrder));
        Assert.Equal(before with { Value = default, Metadata = NoMetadata }, after with { Value = default, Metadata = NoMetadata });
    }

    private static IReadOnlyDictionary<string, string> NoMetadata { get; } = new Dictionary<string, string>();

    private static Comparer<KeyValuePair<string, string>> PairOrder { get; } =
        Comparer<KeyValuePair<string, string>>.Create((left, right) => string.CompareOrdinal(left.Key, right.Key));

    private static void RequireListing(CacheBackend backend)
    {
        if (!backend.Capabilities.ListsKeys) Assert.Skip("The backend does not list its keys.");
    }

    private async Task CheckAsync(CacheBackend backend)
    {
        try
        {
            await BackendInvariants.CheckAsync(backend, Clock.GetUtcNow(), nothingCanHaveExpired: Clock.GetUtcNow() == StartedAt);
        }
        catch (ObjectDisposedException)
        {
            // The test was about disposing it.
        }
    }
}
