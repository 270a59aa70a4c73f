namespace Cistern.Tests.Memory;

public sealed class PlaceReadingTests
{
    private const int ValueBytes = 2000;

    public static TheoryData<string, Action<InMemoryBackend, int>> Changes() => new()
    {
        { "sets of others, for which all is evicted", (backend, round) => backend.Set($"other key {round}", Value((byte)round)) },
        { "sets of the same length", (backend, round) => backend.Set("the key", Value((byte)round)) },
        { "sets of other lengths", (backend, round) => backend.Set("the key", Value((byte)round).AsMemory(0, 1000 + round % 1000)) },
        { "deletes and sets", (backend, round) => { backend.Delete("the key"); backend.Set("the key", Value((byte)round)); } },
        { "clears", (backend, round) => { backend.ClearAsync().AsTask().Wait(); backend.Set($"other key {round}", Value((byte)round)); } },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Value_ReadInPlace_StaysAsItIsWhateverHappensMeanwhile(string what, Action<InMemoryBackend, int> change)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 256 * 1024 });
        for (var i = 0; i < 20; i++) backend.Set($"first key {i}", Value(1));
        backend.Set("the key", Value(7));
        var found = backend.TryRead("the key", (backend, change), static (value, state) =>
        {
            for (var round = 0; round < 1000; round++) state.change(state.backend, round);
            Assert.Equal(-1, value.IndexOfAnyExcept((byte)7));
            Assert.Equal(ValueBytes, value.Length);
        });
        Assert.True(found, what);
    }

    [Fact]
    public void Read_WithinAnother_ShowsBothValues()
    {
        using var backend = new InMemoryBackend();
        backend.Set("the key", Value(1));
        backend.Set("other key", Value(2));
        var seen = new List<byte>();
        backend.TryRead("the key", (backend, seen), static (value, state) =>
        {
            state.backend.TryRead("other key", state.seen, static (value, seen) => seen.Add(value[0]));
            state.seen.Add(value[0]);
        });
        Assert.Equal([2, 1], seen);
    }

    private static byte[] Value(byte of)
    {
        var value = new byte[ValueBytes];
        value.AsSpan().Fill(of);
        return value;
    }
}
