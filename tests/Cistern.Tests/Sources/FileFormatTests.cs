using System.Text;

namespace Cistern.Tests;

/// <summary>A format of somebody else's: lines of <c>key=text</c>, and <c>-key</c> for a key that is not there.</summary>
public sealed class FileFormatTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public async Task Format_OfSomebodyElse_IsReadInBothForms(long maxMemoryBytes)
    {
        await using var source = await PropertySource.OpenAsync(_folder.Write("p.txt", "a=1\nb=2\n-a\nc=3=4\nb=5\n"), maxMemoryBytes);

        Assert.Equal(maxMemoryBytes == 0, source.IsIndexed);
        Assert.Equal("c=3=4 b=5", await source.AllAsync());
        Assert.Null(await source.TextAsync("a"));
        Assert.Equal("5", await source.TextAsync("b"));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public async Task Header_ThatAFormatTakesNoNoticeOf_IsNoEntry(long maxMemoryBytes)
    {
        await using var source = await PropertySource.OpenAsync(_folder.Write("p.txt", "title=entries\na=1\n"), maxMemoryBytes, hasHeader: true);
        Assert.Equal("a=1", await source.AllAsync());
        Assert.Null(await source.TextAsync("title"));
    }

    [Fact]
    public async Task Fault_OfSomebodyElse_HasItsPlace()
    {
        Assert.EndsWith("p.txt: line 2, byte 3: There is no \"=\".", await PropertySource.OpenAsync(_folder.Write("p.txt", "a=1\nbbb\n"), 0).FaultAsync());
    }

    [Fact]
    public void Source_NotLoaded_CannotBeRead()
    {
        Assert.Throws<InvalidOperationException>(() => new PropertySource("p.txt", 0).IsIndexed);
        Assert.Throws<ArgumentException>(() => new PropertySource("", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PropertySource("p.txt", -1));
    }

    private sealed class PropertySourceOptions : FileSourceOptions;

    private sealed class PropertySource(string path, long maxMemoryBytes, bool hasHeader = false) : FileSource(path, new PropertyFormat(hasHeader), new PropertySourceOptions { MaxMemoryBytes = maxMemoryBytes })
    {
        public static ValueTask<PropertySource> OpenAsync(string path, long maxMemoryBytes, bool hasHeader = false) => LoadAsync(new PropertySource(path, maxMemoryBytes, hasHeader), CancellationToken.None);
    }

    private sealed class PropertyFormat(bool hasHeader) : FileFormat
    {
        public override bool HasHeader => hasHeader;

        public override RecordSplitter CreateSplitter() => new LineSplitter(skipWhiteSpace: true);

        public override FileRecord Decode(ReadOnlyMemory<byte> record)
        {
            var line = Encoding.UTF8.GetString(record.Span);
            if (line[0] == '-') return FileRecord.Absent(line[1..]);
            var equals = line.IndexOf('=');
            return equals < 0 ? FileRecord.Faulty("There is no \"=\".", 2) : FileRecord.Of(new SourceEntry(line[..equals], record[(equals + 1)..]));
        }
    }
}
