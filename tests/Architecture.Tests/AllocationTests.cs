using System.Buffers;

namespace Cistern.Tests;

/// <summary>What docs/architecture.md says an operation in memory allocates: nothing, or the array of the value.</summary>
public sealed class AllocationTests : IAsyncDisposable
{
    private const int ValueBytes = 100;
    private const int ArrayOfTheValue = 128;
    private const int Rounds = 1000;

    private readonly InMemoryBackend _backend = new();
    private readonly BackfillingCache _cache;
    private readonly byte[] _value = new byte[ValueBytes];
    private readonly byte[] _buffer = new byte[ValueBytes];

    public AllocationTests()
    {
        _cache = new BackfillingCache(_backend, new InMemorySource([]));
        _backend.Set("key", _value);
    }

    [Fact]
    public void TryGet_IntoASpan_AllocatesNothing() => Assert.Equal(0, Measure(() => _backend.TryGet("key", _buffer, out _) == LookupOutcome.Hit));

    [Fact]
    public void TryGetMany_IntoASpan_AllocatesNothing()
    {
        string[] keys = ["key", "none", "key"];
        var lookups = new BatchLookup[keys.Length];
        var destination = new byte[keys.Length * ValueBytes];
        Assert.Equal(0, Measure(() => _backend.TryGetMany(keys, destination, lookups) == 2));
    }

    [Fact]
    public void TryRead_InPlace_AllocatesNothing() => Assert.Equal(0, Measure(() => _backend.TryRead("key", 0, static (_, _) => { })));

    [Fact]
    public void TryGetAsync_IntoABuffer_AllocatesNothing()
    {
        var destination = new ArrayBufferWriter<byte>(ValueBytes);
        Assert.Equal(0, Measure(() =>
        {
            destination.ResetWrittenCount();
            return Completed(_backend.TryGetAsync("key", destination));
        }));
    }

    [Fact]
    public void Exists_AllocatesNothing() => Assert.Equal(0, Measure(() => Completed(_backend.ExistsAsync("key"))));

    [Fact]
    public void Get_AMiss_AllocatesNothing() => Assert.Equal(0, Measure(() => Completed(_backend.GetAsync("absent"))));

    [Fact]
    public void Touch_AllocatesNothing() => Assert.Equal(0, Measure(() => Completed(_backend.TouchAsync("key", TimeSpan.FromHours(1)))));

    [Fact]
    public void Get_AHit_AllocatesTheValue() => Assert.Equal(ArrayOfTheValue, Measure(() => Completed(_backend.GetAsync("key"))));

    [Fact]
    public void Set_Overwriting_AllocatesNothing() => Assert.Equal(0, Measure(() => Completed(_backend.SetAsync("key", _value))));

    [Fact]
    public void LookUp_AHitOfABackfillingCache_AllocatesTheValue() => Assert.Equal(ArrayOfTheValue, Measure(() => Completed(_cache.LookUpAsync("key"))));

    [Fact]
    public void LookUp_AHitIntoABuffer_AllocatesNothing()
    {
        var destination = new ArrayBufferWriter<byte>(ValueBytes);
        Assert.Equal(0, Measure(() =>
        {
            destination.ResetWrittenCount();
            return Completed(_cache.LookUpAsync("key", destination));
        }));
    }

    [Fact]
    public async Task NearHit_OfTiers_AllocatesTheValueOrNothing()
    {
        await using var tiers = await TieredBackend.OpenAsync(new InMemoryBackend(), new InMemoryBackend());
        await tiers.SetAsync("key", _value);
        var destination = new ArrayBufferWriter<byte>(ValueBytes);
        Assert.Equal(ArrayOfTheValue, Measure(() => Completed(tiers.GetAsync("key"))));
        Assert.Equal(0, Measure(() =>
        {
            destination.ResetWrittenCount();
            return Completed(tiers.TryGetAsync("key", destination));
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        await _backend.DisposeAsync();
    }

    private static bool Completed<T>(ValueTask<T> task) => task.IsCompletedSuccessfully;

    // Bytes per call, rounded down: what the runtime allocates now and then for itself is less than a byte a call.
    private static long Measure(Func<bool> operation)
    {
#if DEBUG
        Assert.Skip("Unoptimized code makes an object of every async method's state: run with --configuration Release.");
#endif
        for (var i = 0; i < Rounds; i++) Assert.True(operation());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++) operation();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}
