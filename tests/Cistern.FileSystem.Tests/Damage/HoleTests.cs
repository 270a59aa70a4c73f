namespace Cistern.Tests;

/// <summary>A hole in the journal, as a power cut leaves one where a disk did not write a sector: all behind it is cut off, however little of a record it took.</summary>
public sealed class HoleTests : IDisposable
{
    private const int SectorBytes = 512;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(300, 2000)]
    [InlineData(300, 350)]
    [InlineData(100, 600)]
    public void Hole_FromTheBeginningOfARecordToTheSectorsEnd_CutsThere(int before, int length)
    {
        long from;
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("before", Value(before));
            from = JournalBytes;
            Assert.NotEqual(0, from % SectorBytes);
            backend.Set("lost", Value(length));
            Assert.True(JournalBytes >= from + SectorBytes - from % SectorBytes);
            backend.Set("after", Value(10));
            backend.Set("last", Value(10));
            backend.Abandon();
        }

        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        journal.AsSpan((int)from, SectorBytes - (int)from % SectorBytes).Clear();
        File.WriteAllBytes(_folder.Cache + ".journal", journal);
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Equal(["before"], Model.Read(reopened).Keys);
        Assert.Single(reopened.Findings);
    }

    [Fact]
    public void Scratch_OfZeroesWithinASector_CostsOneRecord()
    {
        long from;
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("before", Value(10));
            from = JournalBytes;
            backend.Set("lost", Value(10));
            backend.Set("after", Value(10));
            Assert.True(JournalBytes / SectorBytes == from / SectorBytes, "The records are to be in one sector.");
            backend.Abandon();
        }

        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        journal.AsSpan((int)from, Frame.HeadBytes).Clear();
        File.WriteAllBytes(_folder.Cache + ".journal", journal);
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Equal(["after", "before"], Model.Read(reopened).Keys.Order(StringComparer.Ordinal));
    }

    private long JournalBytes => new FileInfo(_folder.Cache + ".journal").Length;

    private static byte[] Value(int length) => [.. Enumerable.Repeat((byte)'x', length)];
}
