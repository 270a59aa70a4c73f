namespace Cistern.Tests.Memory;

/// <summary>What a backend in memory really holds, added up entry by entry, to compare with what its statistics say.</summary>
internal readonly record struct Recount(long Entries, long SizeBytes, long MemoryBytes)
{
    public static async Task<Recount> OfAsync(InMemoryBackend backend)
    {
        long entries = 0, size = 0, memory = 0;
        await foreach (var key in backend.KeysAsync())
        {
            var entry = await backend.GetEntryAsync(key);
            Assert.NotNull(entry);
            entries++;
            size += entry.SizeBytes;
            memory += MemoryCost.OfEntry(key.Length, entry.SizeBytes) + (entry.Metadata.Count == 0 ? 0 : ObjectBytes.OfMetadata(entry.Metadata));
        }

        return new Recount(entries, size, memory);
    }

    /// <summary>The keys held, sorted, in one string: short to compare and to read when a test fails.</summary>
    public static async Task<string> KeysOfAsync(InMemoryBackend backend) => string.Join(' ', await backend.KeysAsync().Order().ToListAsync());
}
