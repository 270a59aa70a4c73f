using System.Buffers;
using System.Runtime.InteropServices;
using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: values are bytes, all of them, and the backend's own.</summary>
public abstract class ValueContract : KeyContract
{
    private const int OneMegabyte = 1024 * 1024;

    private protected ValueContract()
    {
    }

    private static byte[][] HostileValues { get; } =
    [
        [], [0], [0, 0, 0, 0], [255], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF],
        [.. Enumerable.Range(0, 256).Select(value => (byte)value)],
        Bytes("null"), Bytes("{}"), Bytes("123"), Bytes("\"quoted\""), Bytes("\r\nEND\r\n"), Bytes("\n"), Bytes(" padded "), Bytes("$-1\r\n"),
    ];

    [Fact]
    public async Task HostileValues_ReadEveryWay_ComeBackByteForByte()
    {
        foreach (var value in HostileValues)
        {
            var name = Convert.ToHexString(value);
            Assert.Equal(SetOutcome.Stored, await Backend.SetAsync("key", value));
            var buffer = new ArrayBufferWriter<byte>();
            Assert.True(await Backend.TryGetAsync("key", buffer), name);
            Assert.Equal(value, buffer.WrittenMemory.ToArray());
            var got = await Backend.GetAsync("key");
            Assert.Equal(value, got);
            var entry = await EntryAsync("key");
            Assert.Equal(value, entry.Value.ToArray());
            var found = await Backend.GetManyAsync(["key"]);
            Assert.Equal(value, found["key"]);
        }
    }

    [Fact]
    public async Task HostileValues_SetInOneBatch_ComeBackByteForByte()
    {
        await Backend.SetManyAsync(HostileValues.Select((value, i) => new SetRequest($"key {i}", value)));
        for (var i = 0; i < HostileValues.Length; i++)
        {
            var got = await Backend.GetAsync($"key {i}");
            Assert.Equal(HostileValues[i], got);
        }
    }

    [Fact]
    public async Task EmptyValue_IsAHitNotAMiss()
    {
        await StoreAsync("key", "");
        Assert.Empty((await Backend.GetAsync("key"))!);
        Assert.True(await Backend.ExistsAsync("key"));
        Assert.Equal(0, (await EntryAsync("key")).SizeBytes);
        Assert.True((await Backend.GetManyAsync(["key"])).ContainsKey("key"));
    }

    [Fact]
    public async Task LargeValue_OneMegabyte_ComesBackByteForByte()
    {
        if (Backend.Capabilities.MaxValueBytes < OneMegabyte) Assert.Skip($"The longest value is {Backend.Capabilities.MaxValueBytes} bytes.");
        var value = new byte[OneMegabyte];
        new Random(1).NextBytes(value);
        Assert.Equal(SetOutcome.Stored, await Backend.SetAsync("key", value));
        var got = await Backend.GetAsync("key");
        Assert.True(value.AsSpan().SequenceEqual(got));
        Assert.Equal(OneMegabyte, (await EntryAsync("key")).SizeBytes);
    }

    [Fact]
    public async Task LongestValue_OneByteMore_IsTooLargeAndKeepsThePrevious()
    {
        var limit = Backend.Capabilities.MaxValueBytes ?? 0;
        if (limit == 0) Assert.Skip("The backend has no limit of its own on a value.");
        await StoreAsync("key", "kept", Lasting(5_000));
        var before = await EntryAsync("key");

        // One megabyte, shown again and again: the value need not exist to be refused.
        var block = new byte[OneMegabyte];
        var parts = Enumerable.Repeat<ReadOnlyMemory<byte>>(block, (int)((limit + 1) / OneMegabyte)).Append(block.AsMemory(0, (int)((limit + 1) % OneMegabyte)));
        Assert.Equal(SetOutcome.TooLarge, await Backend.SetAsync("key", Segments.Of(parts)));
        await AssertUnchangedAsync(before);
    }

    [Fact]
    public async Task Overwrite_ShorterValue_LeavesNoTail()
    {
        await StoreAsync("key", new string('x', 10_000));
        await StoreAsync("key", "short");
        Assert.Equal("short", await TextAsync("key"));
        Assert.Equal(5, (await EntryAsync("key")).SizeBytes);
    }

    [Fact]
    public async Task Sequence_SeveralSegments_IsStoredWhole()
    {
        await Backend.SetAsync("key", Segments.Of(Bytes("one,"), Array.Empty<byte>(), Bytes("two,"), Bytes("three"), Array.Empty<byte>()));
        Assert.Equal("one,two,three", await TextAsync("key"));
    }

    [Fact]
    public async Task Sequence_SliceAcrossSegments_IsStoredAsSliced()
    {
        await Backend.SetAsync("key", Segments.Of(Bytes("abc"), Bytes("def"), Bytes("ghi")).Slice(2, 5));
        Assert.Equal("cdefg", await TextAsync("key"));
    }

    [Fact]
    public async Task Sequence_Empty_IsAnEmptyValue()
    {
        Assert.Equal(SetOutcome.Stored, await Backend.SetAsync("key", ReadOnlySequence<byte>.Empty));
        Assert.Equal("", await TextAsync("key"));
    }

    [Fact]
    public async Task Memory_SliceOfAnArray_IsStoredAsSliced()
    {
        await Backend.SetAsync("key", Bytes("abcdef").AsMemory(1, 3));
        Assert.Equal("bcd", await TextAsync("key"));
    }

    [Fact]
    public async Task Set_CallerReusesItsMemory_EntryIsUnchanged()
    {
        var memory = Bytes("value");
        var segment = Bytes("value");
        var batch = Bytes("value");
        await Backend.SetAsync("memory", memory);
        await Backend.SetAsync("sequence", Segments.Of(segment, Bytes("!")));
        await Backend.SetManyAsync([new SetRequest("batch", batch)]);
        memory.AsSpan().Fill(1);
        segment.AsSpan().Fill(1);
        batch.AsSpan().Fill(1);
        Assert.Equal("value", await TextAsync("memory"));
        Assert.Equal("value!", await TextAsync("sequence"));
        Assert.Equal("value", await TextAsync("batch"));
    }

    [Fact]
    public async Task Get_CallerChangesWhatItGot_EntryIsUnchanged()
    {
        await StoreAsync("key", "value");
        (await Backend.GetAsync("key"))!.AsSpan().Fill(1);
        Assert.Equal("value", await TextAsync("key"));
        (await Backend.GetManyAsync(["key"]))["key"].AsSpan().Fill(2);
        Assert.Equal("value", await TextAsync("key"));
        if (MemoryMarshal.TryGetArray((await EntryAsync("key")).Value, out var array)) array.AsSpan().Fill(3);
        Assert.Equal("value", await TextAsync("key"));
    }

    [Fact]
    public async Task Get_LaterOverwrite_DoesNotReachWhatWasGot()
    {
        await StoreAsync("key", "first");
        var first = (await Backend.GetAsync("key"))!;
        await StoreAsync("key", "other");
        Assert.Equal(Bytes("first"), first);
    }
}
