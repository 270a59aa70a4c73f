using System.Text.Json;

namespace Cistern.Tests;

/// <summary>Every value that is stored can be written into the snapshot.</summary>
public sealed class ValueLimitTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(EntryJson.MostValueBytes + 1)]
    public void MaxValueBytes_OutsideWhatJsonTakes_IsRefused(long bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FileBackend.Open(_folder.Cache, new FileBackendOptions { MaxValueBytes = bytes }));

    [Theory]
    [InlineData('x', EntryJson.MostValueBytes)]
    [InlineData(0xFF, EntryJson.MostValueBytes / 3 * 4)]
    public void Value_OfTheMostBytes_CanBeWritten(byte filledWith, long least)
    {
        var value = new byte[EntryJson.MostValueBytes];
        value.AsSpan().Fill(filledWith);
        Assert.InRange(Written(value), least, least + 100);
    }

    [Fact]
    public void Value_OfControlCharacters_TakesSixTimesItsLengthAndComesBack()
    {
        const int Length = 1_000_000;
        Assert.InRange(Written(new byte[Length]), 6 * Length, 6 * Length + 100);
        Assert.True(6 * EntryJson.MostValueBytes < new FileBackendOptions().MaxFileBytes);
        using (var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { MaxValueBytes = EntryJson.MostValueBytes })) backend.Set("key", new byte[Length]);
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        Assert.Equal(new byte[Length], reopened.Get("key"));
    }

    private static long Written(byte[] value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, EntryJson.WriterOptions);
        EntryJson.Write(json, new HeldState(value, createdAt: 0));
        json.Flush();
        return buffer.WrittenCount;
    }
}
