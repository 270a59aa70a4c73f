namespace Cistern.Tests.Contract;

/// <summary>Which keys are legal, and what is said of those that are not.</summary>
public sealed class CacheKeyTests
{
    public static TheoryData<string, string> Legal() => new()
    {
        { "empty", "" },
        { "plain", "user:42" },
        { "glob characters", "*?[]\\!^-" },
        { "path", "../../etc/passwd" },
        { "line ends and tabs", "a\r\nb\tc" },
        { "control characters", "\u0001\u007F\u0085" },
        { "bidi marks", "\u202Eabc\u2066" },
        { "just below the surrogates", "\uD7FF" },
        { "just above the surrogates", "\uE000" },
        { "the last of the basic plane", "\uFFFF" },
        { "a pair", "\U0001F600" },
        { "pairs in a row", "\U0001F600\U0001F601\U0010FFFF" },
        { "64 KiB of one byte each", new string('a', 64 * 1024) },
        { "64 KiB of two bytes each", new string('é', 32 * 1024) },
        { "64 KiB of four bytes each", string.Concat(Enumerable.Repeat("\U0001F600", 16 * 1024)) },
        { "the longest that is not counted", new string('\u20AC', 64 * 1024 / 3) },
    };

    [Theory]
    [MemberData(nameof(Legal), DisableDiscoveryEnumeration = true)]
    public async Task Explain_LegalKey_SaysNothingAndABackendTakesIt(string what, string key)
    {
        Assert.Equal((what, null), (what, CacheKey.Explain(key)));
        await using var backend = new InMemoryBackend();
        await backend.SetAsync(key, new byte[] { 1 });
        Assert.Equal([1], await backend.GetAsync(key));
    }

    public static TheoryData<string, string> Illegal() => new()
    {
        { "\0", "A key must not contain NUL (U+0000)." },
        { "abc\0", "A key must not contain NUL (U+0000)." },
        { "\uD83D", "A key must be valid Unicode; there is a lone surrogate at position 0." },
        { "ab\uDE00", "A key must be valid Unicode; there is a lone surrogate at position 2." },
        { "\uD83Da", "A key must be valid Unicode; there is a lone surrogate at position 0." },
        { "\uD83D\uD83D\uDE00", "A key must be valid Unicode; there is a lone surrogate at position 0." },
        { "\U0001F600\uDE00", "A key must be valid Unicode; there is a lone surrogate at position 2." },
        { "\uDE00\uD83D", "A key must be valid Unicode; there is a lone surrogate at position 0." },
        { new string('a', 65_537), "A key must have at most 65536 bytes of UTF-8; this one has 65537." },
        { new string('é', 32_769), "A key must have at most 65536 bytes of UTF-8; this one has 65538." },
        { new string('\u20AC', 21_846), "A key must have at most 65536 bytes of UTF-8; this one has 65538." },
        { new string('a', 65_533) + "\U0001F600", "A key must have at most 65536 bytes of UTF-8; this one has 65537." },
        { new string('a', 70_000) + "\0", "A key must not contain NUL (U+0000)." },
    };

    [Theory]
    [MemberData(nameof(Illegal), DisableDiscoveryEnumeration = true)]
    public void Validate_IllegalKey_SaysWhyAndNamesTheParameter(string key, string reason)
    {
        Assert.Equal(reason, CacheKey.Explain(key));
        var thrown = Assert.Throws<ArgumentException>("which", () => CacheKey.Validate(key, "which"));
        Assert.StartsWith(reason, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Null_IsRefusedAsNull() => Assert.Throws<ArgumentNullException>("which", () => CacheKey.Validate(null!, "which"));

    [Fact]
    public void Explain_Null_IsRefusedAsNull() => Assert.Throws<ArgumentNullException>("key", () => CacheKey.Explain(null!));

    [Fact]
    public void MaxBytes_Is64KiB() => Assert.Equal(65_536, CacheKey.MaxBytes);

    public static TheoryData<string, Func<InMemoryBackend, string, ValueTask>> Operations() => new()
    {
        { "get", async (backend, key) => await backend.GetAsync(key) },
        { "get, sync", (backend, key) => { backend.Get(key); return default; } },
        { "try get", async (backend, key) => await backend.TryGetAsync(key, new System.Buffers.ArrayBufferWriter<byte>()) },
        { "try get into a span", (backend, key) => { backend.TryGet(key, default, out _); return default; } },
        { "try get into a buffer", (backend, key) => { backend.TryGet(key, new System.Buffers.ArrayBufferWriter<byte>()); return default; } },
        { "try get many", (backend, key) => { backend.TryGetMany(["ok", key], default, new BatchLookup[2]); return default; } },
        { "try read", (backend, key) => { backend.TryRead(key, 0, (_, _) => { }); return default; } },
        { "get entry", async (backend, key) => await backend.GetEntryAsync(key) },
        { "set", async (backend, key) => await backend.SetAsync(key, new byte[1]) },
        { "set, sync", (backend, key) => { backend.Set(key, new byte[1]); return default; } },
        { "touch", async (backend, key) => await backend.TouchAsync(key, null) },
        { "delete", async (backend, key) => await backend.DeleteAsync(key) },
        { "delete, sync", (backend, key) => { backend.Delete(key); return default; } },
        { "delete by version", async (backend, key) => await backend.DeleteAsync(key, 1) },
        { "delete by version, sync", (backend, key) => { backend.Delete(key, 1); return default; } },
        { "exists", async (backend, key) => await backend.ExistsAsync(key) },
        { "exists, sync", (backend, key) => { backend.Exists(key); return default; } },
        { "get many", async (backend, key) => await backend.GetManyAsync(["ok", key]) },
        { "exists many", async (backend, key) => await backend.ExistsManyAsync(["ok", key]) },
        { "set many", async (backend, key) => await backend.SetManyAsync([new SetRequest("ok", new byte[1]), new SetRequest(key, new byte[1])]) },
        { "delete many", async (backend, key) => await backend.DeleteManyAsync(["ok", key]) },
    };

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task Operation_IllegalKey_IsRefusedBeforeAnythingHappens(string what, Func<InMemoryBackend, string, ValueTask> operation)
    {
        using var backend = new InMemoryBackend();
        await Assert.ThrowsAsync<ArgumentException>(async () => await operation(backend, "a\0b"));
        await Assert.ThrowsAnyAsync<ArgumentNullException>(async () => await operation(backend, null!));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((what, 0L, 0, 0, 0), (what, stats.CurrentEntries, stats.Total, stats.Sets, stats.Deletes));
    }
}
