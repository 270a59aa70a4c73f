using System.Buffers;

namespace Cistern.Testing;

/// <summary>Every asynchronous member of a backend as a named call, for the rules that hold for all of them.</summary>
internal static class MemberCalls
{
    /// <summary>The members that take a key, called with a key of the caller's.</summary>
    public static IEnumerable<(string Member, Func<Task> Call)> OfKey(CacheBackend backend, string key, CancellationToken cancellationToken = default) =>
    [
        ("GetAsync", () => backend.GetAsync(key, cancellationToken).AsTask()),
        ("TryGetAsync", () => backend.TryGetAsync(key, new ArrayBufferWriter<byte>(), cancellationToken).AsTask()),
        ("GetEntryAsync", () => backend.GetEntryAsync(key, cancellationToken).AsTask()),
        ("SetAsync", () => backend.SetAsync(key, new byte[] { 1 }, null, cancellationToken).AsTask()),
        ("SetAsync (sequence)", () => backend.SetAsync(key, new ReadOnlySequence<byte>([1]), null, cancellationToken).AsTask()),
        ("TouchAsync", () => backend.TouchAsync(key, TimeSpan.FromSeconds(1), cancellationToken).AsTask()),
        ("DeleteAsync", () => backend.DeleteAsync(key, cancellationToken).AsTask()),
        ("DeleteAsync (version)", () => backend.DeleteAsync(key, long.MaxValue, cancellationToken).AsTask()),
        ("ExistsAsync", () => backend.ExistsAsync(key, cancellationToken).AsTask()),
        ("GetManyAsync", () => backend.GetManyAsync(["other", key], cancellationToken).AsTask()),
        ("LookUpEntriesAsync", () => backend.LookUpEntriesAsync(["other", key], cancellationToken).AsTask()),
        ("ExistsManyAsync", () => backend.ExistsManyAsync(["other", key], cancellationToken).AsTask()),
        ("SetManyAsync", () => backend.SetManyAsync([new SetRequest("other", new byte[] { 1 }), new SetRequest(key, new byte[] { 1 })], cancellationToken).AsTask()),
        ("DeleteManyAsync", () => backend.DeleteManyAsync(["other", key], cancellationToken).AsTask()),
    ];

    /// <summary>Every member.</summary>
    public static IEnumerable<(string Member, Func<Task> Call)> All(CacheBackend backend, string key, CancellationToken cancellationToken = default) =>
    [
        .. OfKey(backend, key, cancellationToken),
        ("ClearAsync", () => backend.ClearAsync(cancellationToken).AsTask()),
        ("KeysAsync", () => ListAsync(backend, cancellationToken)),
        ("GetStatsAsync", () => backend.GetStatsAsync(cancellationToken).AsTask()),
    ];

    /// <summary>Whether a member needs the capability <see cref="BackendCapabilities.ListsKeys"/>.</summary>
    public static bool NeedsListing(string member) => member is "ClearAsync" or "KeysAsync";

    /// <summary>Every member of the synchronous face that takes a key.</summary>
    public static IEnumerable<(string Member, Action Call)> OfKey(ISyncCacheBackend backend, string key) =>
    [
        ("Get", () => backend.Get(key)),
        ("TryGet (span)", () => backend.TryGet(key, new byte[8], out _)),
        ("TryGet (buffer)", () => backend.TryGet(key, new ArrayBufferWriter<byte>())),
        ("TryGetMany", () => backend.TryGetMany(["other", key], new byte[8], new BatchLookup[2])),
        ("TryRead", () => backend.TryRead(key, 0, static (_, _) => { })),
        ("Set", () => backend.Set(key, new byte[] { 1 })),
        ("Set (sequence)", () => backend.Set(key, new ReadOnlySequence<byte>([1]))),
        ("Delete", () => backend.Delete(key)),
        ("Delete (version)", () => backend.Delete(key, long.MaxValue)),
        ("Exists", () => backend.Exists(key)),
    ];

    private static async Task ListAsync(CacheBackend backend, CancellationToken cancellationToken)
    {
        await foreach (var _ in backend.KeysAsync("*", cancellationToken))
        {
        }
    }
}
