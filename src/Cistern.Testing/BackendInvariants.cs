using Xunit;

namespace Cistern.Testing;

/// <summary>What holds for every backend at every moment, whatever was done to it: the last assertion of every test of the suite.</summary>
internal static class BackendInvariants
{
    /// <summary>Checks a backend that nobody uses meanwhile, and clears it.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="now">Now, by its clock.</param>
    /// <param name="nothingCanHaveExpired">The clock never moved, so that no expired entry can wait for its removal.</param>
    public static async Task CheckAsync(CacheBackend backend, DateTimeOffset now, bool nothingCanHaveExpired)
    {
        // The tests of such a backend are skipped where they list, and its entries cannot be counted.
        if (!backend.Capabilities.ListsKeys) return;
        var keys = await ListAsync(backend);
        var before = await backend.GetStatsAsync();
        var sizeBytes = await CheckEntriesAsync(backend, keys, now);
        var stats = await backend.GetStatsAsync();
        Assert.True(before.Total == stats.Total, "Listing, get entry and exists are not lookups.");

        CheckUsage("entries", keys.Count, stats.CurrentEntries, nothingCanHaveExpired);
        CheckUsage("bytes", sizeBytes, stats.CurrentSizeBytes, nothingCanHaveExpired);
        CheckBound("capacity", keys.Count, stats.CurrentEntries, backend.Capabilities.Capacity);
        CheckBound("max size", sizeBytes, stats.CurrentSizeBytes, backend.Capabilities.MaxSizeBytes);
        CheckBound("max memory", sizeBytes, stats.MemoryBytes, backend.Capabilities.MaxMemoryBytes);

        Assert.Equal(keys.Count, await backend.ClearAsync());
        Assert.Empty(await ListAsync(backend));
        var cleared = await backend.GetStatsAsync();
        Assert.Equal(0, cleared.CurrentEntries ?? 0);
        Assert.Equal(0, cleared.CurrentSizeBytes ?? 0);
        Assert.Equal(stats.Deletes, cleared.Deletes);
    }

    private static async Task<List<string>> ListAsync(CacheBackend backend)
    {
        var keys = new List<string>();
        await foreach (var key in backend.KeysAsync()) keys.Add(key);
        var distinct = keys.Distinct().ToList();
        Assert.True(backend.Capabilities.KeysMayRepeat || distinct.Count == keys.Count, "A key was listed twice without the capability KeysMayRepeat.");
        return distinct;
    }

    private static async Task<long> CheckEntriesAsync(CacheBackend backend, List<string> keys, DateTimeOffset now)
    {
        var sizeBytes = 0L;
        foreach (var key in keys)
        {
            var entry = await backend.GetEntryAsync(key);
            Assert.True(entry is not null, $"The key \"{key}\" is listed, and get entry finds nothing.");
            Assert.Equal(key, entry.Key);
            Assert.False(entry.IsExpired(now), $"The entry \"{key}\" is expired, and get entry finds it.");
            Assert.True(entry.CreatedAt <= now, $"The entry \"{key}\" was created in the future.");
            Assert.True(entry.AbsoluteExpiration is not { } end || entry.ExpiresAt <= end, $"The entry \"{key}\" outlives its absolute expiration.");
            Assert.True(await backend.ExistsAsync(key), $"The key \"{key}\" is listed, and does not exist.");
            sizeBytes += entry.SizeBytes;
        }

        return sizeBytes;
    }

    private static void CheckUsage(string what, long counted, long? reported, bool exactly)
    {
        if (reported is not { } figure) return;
        Assert.True(exactly ? figure == counted : figure >= counted, $"The statistics report {figure} {what}; a recount finds {counted}.");
    }

    private static void CheckBound(string what, long counted, long? reported, long? bound) =>
        Assert.True(bound is null || Math.Max(counted, reported ?? 0) <= bound, $"The {what} of {bound} is exceeded: {counted} counted, {reported} reported.");
}
