using System.Text;

namespace Cistern.Tests;

public sealed class RecordScannerTests
{
    private static RecordScanner Scan(string text, int maxRecordBytes = 1024, bool skipWhiteSpace = false) =>
        new(new MemoryStream(Encoding.UTF8.GetBytes(text)), new LineSplitter(skipWhiteSpace), "f", maxRecordBytes);

    private static List<string> ReadAll(RecordScanner scanner)
    {
        var records = new List<string>();
        while (scanner.Read(CancellationToken.None)) records.Add($"{scanner.Line}@{scanner.Offset}:{Encoding.UTF8.GetString(scanner.Record.Span)}");
        Assert.False(scanner.Read(CancellationToken.None));
        return records;
    }

    [Fact]
    public void Lines_HaveTheirPlaces()
    {
        Assert.Equal(["1@0:a", "2@2:ü", "4@7: ", "5@9:b\r"], ReadAll(Scan("a\nü\r\n\n \nb\r\r\n")));
        Assert.Equal(["1@0:a", "3@5:b"], ReadAll(Scan("a\n \t\nb", skipWhiteSpace: true)));
        Assert.Empty(ReadAll(Scan("")));
        Assert.Empty(ReadAll(Scan("\n\r\n")));
    }

    [Fact]
    public void ManyLines_AcrossBuffers_HaveTheirPlaces()
    {
        var lines = Enumerable.Range(0, 50_000).Select(i => new string('x', i % 50) + i).ToList();
        var offset = 0;
        var expected = lines.Select((line, i) => (Text: $"{i + 1}@{offset}:{line}", Next: offset += line.Length + 1)).Select(pair => pair.Text).ToList();

        Assert.Equal(expected, ReadAll(Scan(string.Join('\n', lines))));
    }

    [Fact]
    public void Lines_ThatHaveCome_DoNotWaitForMore()
    {
        using var pipe = new PipeStream("a\nb\nc", "d\n", "e");
        var scanner = new RecordScanner(pipe, new LineSplitter(skipWhiteSpace: false), "pipe", 1024);

        Assert.Equal([("a", 1), ("b", 1), ("cd", 2), ("e", 4)], Enumerable.Range(0, 4).Select(_ => (scanner.Read(CancellationToken.None) ? Encoding.UTF8.GetString(scanner.Record.Span) : "", pipe.Reads)));
        Assert.False(scanner.Read(CancellationToken.None));
    }

    [Fact]
    public void LongLine_IsAFaultAtItsBeginning()
    {
        var exact = Scan($"a\n{new string('x', 200_000)}\n", 200_000);
        Assert.True(exact.Read(CancellationToken.None));
        Assert.True(exact.Read(CancellationToken.None));
        Assert.Equal(200_000, exact.Record.Length);

        var longer = Scan($"a\n{new string('x', 200_001)}\n", 200_000);
        Assert.True(longer.Read(CancellationToken.None));
        Assert.Equal("f: line 2, byte 1: The line that begins here is too long; at most 200000 bytes are allowed.", Assert.Throws<CacheSourceException>(() => longer.Read(CancellationToken.None)).Message);
    }

    [Fact]
    public void Fault_SaysWhere()
    {
        var scanner = Scan("a\nbcd\n");
        Assert.True(scanner.Read(CancellationToken.None));
        Assert.True(scanner.Read(CancellationToken.None));

        Assert.Equal("f: line 2, byte 1: Why.", scanner.Fault("Why.").Message);
        Assert.Equal("f: line 2, byte 3: Why.", scanner.Fault("Why.", 2).Message);
        Assert.Equal("f: line 2, byte 4: Why.", scanner.Fault("Why.", 99).Message);
    }

    [Fact]
    public void Read_Cancelled_Throws()
    {
        Assert.Throws<OperationCanceledException>(() => Scan(new string('x', 100_000), 1_000_000).Read(new CancellationToken(canceled: true)));
    }

    [Fact]
    public void FailingStream_IsAFaultOfTheFile()
    {
        var scanner = new RecordScanner(new FailingStream(), new LineSplitter(false), "f", 100);

        Assert.Equal("f: The file cannot be read: broken", Assert.Throws<CacheSourceException>(() => scanner.Read(CancellationToken.None)).Message);
    }

    [Fact]
    public void OpenFile_Missing_IsAnError()
    {
        Assert.EndsWith("none.txt: There is no such file.", Assert.Throws<CacheSourceException>(() => RecordScanner.OpenFile("/no/such/folder/none.txt")).Message);
    }

    /// <summary>Gives one part at a read, as a pipe does.</summary>
    private sealed class PipeStream(params string[] parts) : MemoryStream
    {
        public int Reads { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var part = Reads < parts.Length ? Encoding.UTF8.GetBytes(parts[Reads]) : [];
            Reads++;
            part.CopyTo(buffer, offset);
            return part.Length;
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("broken");
    }
}
