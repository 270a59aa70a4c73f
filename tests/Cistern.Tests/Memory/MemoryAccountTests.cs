namespace Cistern.Tests.Memory;

/// <summary>
/// The account of memory against the heap. Measured: by how much the managed heap grows, after a full collection on both sides, while a
/// backend is filled with keys and values that nobody else holds; that growth is what dropping the backend would give back. The account
/// must be no less than nine tenths of it (else a bound on memory is no bound) and no more than twice (else it wastes half the room).
/// </summary>
[Collection(nameof(MeasuresTheHeap))]
public sealed class MemoryAccountTests
{
    private const int Entries = 200_000;
    private const int Attempts = 4;

    public static TheoryData<string, int, Action<InMemoryBackend, int>> Fillings() => new()
    {
        { "small values", Entries, (backend, i) => backend.Set($"key:{i}", new byte[16]) },
        { "small values, just after the index grew", JustAfterGrowth(), (backend, i) => backend.Set($"key:{i}", new byte[16]) },
        { "empty values", Entries, (backend, i) => backend.Set($"{i}", default(ReadOnlyMemory<byte>)) },
        { "larger values and keys", Entries, (backend, i) => backend.Set($"a:rather:long:prefix:of:a:key:{i}", new byte[100]) },
        { "values with a TTL", Entries, (backend, i) => backend.Set($"key:{i}", new byte[16], new SetOptions { TimeToLive = TimeSpan.FromHours(8 + i % 7) }) },
        { "versions", Entries, (backend, i) => backend.Set($"key:{i}", new byte[16], SetOptions.IfNewer(i)) },
        { "one metadata pair", Entries / 2, (backend, i) => backend.Set($"key:{i}", new byte[16], new SetOptions { Metadata = Metadata(i, 1) }) },
        { "four metadata pairs", Entries / 4, (backend, i) => backend.Set($"key:{i}", new byte[16], new SetOptions { Metadata = Metadata(i, 4) }) },
        { "tombstones", Entries, (backend, i) => backend.Delete($"key:{i}", 1) },
    };

    [Theory]
    [MemberData(nameof(Fillings), DisableDiscoveryEnumeration = true)]
    public async Task MemoryBytes_OfManyEntries_IsCloseToWhatTheHeapHolds(string what, int entries, Action<InMemoryBackend, int> add)
    {
        // Pools that other tests have used give memory back in between: then it is measured again.
        var (account, growth) = await FillAsync(entries, add);
        for (var attempt = 1; attempt < Attempts && !IsClose(account, growth); attempt++) (account, growth) = await FillAsync(entries, add);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {account / entries} bytes an entry by the account, {growth / entries} on the heap, ratio {(double)account / growth:0.00}");
        Assert.True(IsClose(account, growth), $"{what}: {account} by the account, {growth} on the heap");
    }

    private static async Task<(long Account, long Growth)> FillAsync(int entries, Action<InMemoryBackend, int> add)
    {
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        add(backend, -1);
        var before = Held();
        for (var i = 0; i < entries; i++) add(backend, i);
        var growth = Held() - before;
        return ((await backend.GetStatsAsync()).MemoryBytes!.Value, growth);
    }

    private static bool IsClose(long account, long growth) => account >= 0.9 * growth && account <= 2.0 * growth;

    // Also without what waits to be finalized.
    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // The index is emptiest, and so costs the most for each entry, when it has just doubled. One entry is there before the measurement.
    private static int JustAfterGrowth()
    {
        var index = new Dictionary<int, int>();
        for (var i = 0; i < Entries / 2; i++) index.Add(i, i);
        while (index.Count < index.Capacity) index.Add(index.Count, 0);
        return index.Count;
    }

    private static Dictionary<string, string> Metadata(int i, int pairs) =>
        Enumerable.Range(0, pairs).ToDictionary(pair => $"name {pair} of {i}", pair => $"text {pair} of {i}");
}

/// <summary>Alone while it runs, so that what other tests allocate does not show.</summary>
[CollectionDefinition(nameof(MeasuresTheHeap), DisableParallelization = true)]
public sealed class MeasuresTheHeap;
