using System.Buffers;

namespace Cistern.Tests.Memory;

/// <summary>The synchronous face of the backend in memory: spans, buffers, reading in place; the same rules and the same counters.</summary>
public sealed class SyncFaceTests : IDisposable
{
    private readonly InMemoryBackend _backend = new();

    public SyncFaceTests() => _backend.Set("k", new byte[] { 1, 2, 3 });

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void TryGet_IntoRoomEnough_CopiesTheValueAndNoMore(int room)
    {
        var destination = new byte[room];
        Assert.Equal(LookupOutcome.Hit, _backend.TryGet("k", destination, out var length));
        Assert.Equal(3, length);
        Assert.Equal([1, 2, 3, .. new byte[room - 3]], destination);
    }

    [Fact]
    public async Task TryGet_IntoTooLittle_TellsTheLengthCopiesNothingAndIsAHit()
    {
        var destination = new byte[2];
        Assert.Equal(LookupOutcome.DestinationTooSmall, _backend.TryGet("k", destination, out var length));
        Assert.Equal(3, length);
        Assert.Equal([0, 0], destination);
        var stats = await _backend.GetStatsAsync();
        Assert.Equal((1, 0), (stats.Hits, stats.Misses));
    }

    [Fact]
    public async Task TryGet_Missing_IsAMissOfNoLength()
    {
        Assert.Equal(LookupOutcome.Miss, _backend.TryGet("nothing", new byte[9], out var length));
        Assert.Equal(0, length);
        Assert.False(_backend.TryGet("nothing", new ArrayBufferWriter<byte>()));
        Assert.False(_backend.TryRead("nothing", 0, (_, _) => Assert.Fail("Nothing is there to read.")));
        Assert.Null(_backend.Get("nothing"));
        var stats = await _backend.GetStatsAsync();
        Assert.Equal((0, 4), (stats.Hits, stats.Misses));
    }

    [Fact]
    public void TryGet_IntoABuffer_Appends()
    {
        var destination = new ArrayBufferWriter<byte>();
        destination.Write(new ReadOnlySpan<byte>([9]));
        Assert.True(_backend.TryGet("k", destination));
        Assert.Equal([9, 1, 2, 3], destination.WrittenSpan.ToArray());
        Assert.Throws<ArgumentNullException>("destination", () => _backend.TryGet("k", null!));
    }

    [Fact]
    public async Task TryRead_ShowsTheValueWithTheStateOnce()
    {
        var seen = new List<byte>();
        Assert.True(_backend.TryRead("k", seen, static (value, seen) => seen.AddRange(value)));
        Assert.Equal([1, 2, 3], seen);
        Assert.Equal(1, (await _backend.GetStatsAsync()).Hits);
        Assert.Throws<ArgumentNullException>("reader", () => _backend.TryRead<int>("k", 0, null!));
    }

    [Fact]
    public void TryRead_ReaderThatThrows_ThrowsToItsCallerUnwrapped() =>
        Assert.Throws<InvalidDataException>(() => _backend.TryRead("k", 0, static (_, _) => throw new InvalidDataException()));

    [Fact]
    public async Task SetDeleteExists_CountAsTheirAsynchronousTwins()
    {
        Assert.True(_backend.Exists("k"));
        Assert.False(_backend.Exists("nothing"));
        Assert.True(_backend.Delete("k"));
        Assert.False(_backend.Delete("k"));
        Assert.False(_backend.Delete("k", 5));
        Assert.Equal(SetOutcome.Superseded, _backend.Set("k", new byte[1], SetOptions.IfNewer(5)));
        Assert.Equal(SetOutcome.Stored, _backend.Set("k", new byte[1], SetOptions.IfNewer(6)));
        Assert.True(_backend.Delete("k", 6));
        var stats = await _backend.GetStatsAsync();
        Assert.Equal((2, 2, 0), (stats.Sets, stats.Deletes, stats.Total));
    }

    [Fact]
    public void Disposed_EveryMember_Throws()
    {
        _backend.Dispose();
        foreach (var operation in new Action[]
        {
            () => _backend.Get("k"),
            () => _backend.TryGet("k", default, out _),
            () => _backend.TryGet("k", new ArrayBufferWriter<byte>()),
            () => _backend.TryGetMany(["k"], default, new BatchLookup[1]),
            () => _backend.TryRead("k", 0, static (_, _) => { }),
            () => _backend.Set("k", new byte[1]),
            () => _backend.Delete("k"),
            () => _backend.Delete("k", 1),
            () => _backend.Exists("k"),
            () => _backend.KeysAsync(),
            _backend.ResetStats,
        }) Assert.Throws<ObjectDisposedException>(operation);
    }

    [Fact]
    public void GetAndTryGet_OfEmptyValues_AreHits()
    {
        _backend.Set("empty", default(ReadOnlyMemory<byte>));
        Assert.Empty(_backend.Get("empty")!);
        Assert.Equal(LookupOutcome.Hit, _backend.TryGet("empty", default, out var length));
        Assert.Equal(0, length);
    }
}
