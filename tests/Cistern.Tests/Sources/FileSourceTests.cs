using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Cistern.Tests;

public sealed class FileSourceTests : IDisposable
{
    private const string Lines = "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n";

    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    [Fact]
    public async Task Name_IsThePathAsGiven()
    {
        var path = _folder.Write("s.jsonl", Lines);
        await using var source = await JsonLinesSource.OpenAsync(path);

        Assert.Equal(path, source.Name);
        Assert.False(source.IsIndexed);
    }

    [Fact]
    public async Task IsIndexed_BeyondMaxMemoryOnly()
    {
        var path = _folder.Write("s.jsonl", Lines);
        await using var held = await JsonLinesSource.OpenAsync(path, new JsonLinesSourceOptions { MaxMemoryBytes = Lines.Length });
        await using var indexed = await JsonLinesSource.OpenAsync(path, new JsonLinesSourceOptions { MaxMemoryBytes = Lines.Length - 1 });

        Assert.False(held.IsIndexed);
        Assert.True(indexed.IsIndexed);
    }

    [Fact]
    public async Task MissingFile_Folder_AndNul_AreErrors()
    {
        Assert.Equal($"{PathOf("none.json")}: There is no such file.", await JsonSource.OpenAsync(PathOf("none.json")).FaultAsync());
        Assert.Equal($"{PathOf("no/such.json")}: There is no such file.", await JsonSource.OpenAsync(PathOf("no/such.json")).FaultAsync());
        Assert.Equal($"{_folder.Path}: This is a folder; a file is needed.", await JsonSource.OpenAsync(_folder.Path).FaultAsync());
        Assert.Equal("The path of the file has a NUL in it.", await JsonSource.OpenAsync("a\0b.json").FaultAsync());
        await Assert.ThrowsAsync<ArgumentException>(async () => await JsonSource.OpenAsync(""));
    }

    [Fact]
    public async Task UnreadableFile_IsAnErrorToAllButRoot()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are of Unix.");
        var path = _folder.Write("s.json", "{}");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.None);
        var opening = JsonSource.OpenAsync(path);

        if (Environment.IsPrivilegedProcess) await (await opening).DisposeAsync();
        else Assert.Equal($"{path}: The file cannot be read: permission denied.", await opening.FaultAsync());
    }

    [Fact]
    public async Task Socket_IsAnError()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sockets in folders are of Unix.");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(PathOf("s.json")));

        Assert.StartsWith($"{PathOf("s.json")}: The file cannot be read: ", await JsonSource.OpenAsync(PathOf("s.json")).FaultAsync());
    }

    [Theory]
    [InlineData("utf-16", "UTF-16")]
    [InlineData("utf-16BE", "UTF-16")]
    [InlineData("utf-32", "UTF-16")]
    public async Task OtherEncodings_AreErrors(string encoding, string expected)
    {
        foreach (var hasMark in new[] { true, false })
        {
            byte[] bytes = [.. hasMark ? Encoding.GetEncoding(encoding).GetPreamble() : [], .. Encoding.GetEncoding(encoding).GetBytes("{\"a\": 1}")];
            Assert.Contains($": line 1, byte 1: The file is in {expected} or UTF-32; save it as UTF-8.", await JsonSource.OpenAsync(_folder.Write("s.json", bytes)).FaultAsync());
        }
    }

    [Fact]
    public async Task ByteOrderMark_IsAnErrorInJson()
    {
        byte[] json = [0xEF, 0xBB, 0xBF, .. "{}"u8];

        Assert.Contains("byte order mark; save it as UTF-8 without one", await JsonSource.OpenAsync(_folder.Write("s.json", json)).FaultAsync());
        Assert.Contains("byte order mark; save it as UTF-8 without one", await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", json)).FaultAsync());
    }

    [Theory]
    [EachForm]
    public async Task InvalidUtf8_IsAnErrorAtItsPlace(Form form)
    {
        byte[] lines = [.. Encoding.UTF8.GetBytes(Lines), .. "{\"key\":\"ä"u8, 0xC3, .. "\",\"value\":\"\"}"u8];
        byte[] json = [.. "{\n\"a\": \""u8, 0xED, 0xA0, 0x80, .. "\"}"u8];

        Assert.EndsWith("line 3, byte 11: This is not UTF-8; save the file as UTF-8.", await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", lines), SourceReading.LinesOptions(form)).FaultAsync());
        Assert.EndsWith("line 2, byte 7: This is not UTF-8; save the file as UTF-8.", await JsonSource.OpenAsync(_folder.Write("s.json", json), SourceReading.JsonOptions(form)).FaultAsync());
    }

    [Fact]
    public async Task MaxValueBytes_HoldsForTheValueOnly()
    {
        var path = _folder.Write("s.json", """{"fits": "12345678", "escaped": "\u0031\u0032\u0033\u0034\u0035\u0036\u0037\u0038", "json": [1,2,345]}""");
        await using var source = await JsonSource.OpenAsync(path, new JsonSourceOptions { MaxValueBytes = 9 });

        Assert.Equal("fits=12345678 escaped=12345678 json=[1,2,345]*", await source.AllAsync());
        Assert.EndsWith("line 1, byte 85: The value has 9 bytes; at most 8 bytes are allowed.", await JsonSource.OpenAsync(path, new JsonSourceOptions { MaxValueBytes = 8 }).FaultAsync());
    }

    [Fact]
    public async Task Options_OutOfRange_AreRefused()
    {
        var path = _folder.Write("s.json", "{}");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await JsonSource.OpenAsync(path, new JsonSourceOptions { MaxMemoryBytes = -1 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await JsonSource.OpenAsync(path, new JsonSourceOptions { MaxValueBytes = 0 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await JsonSource.OpenAsync(path, new JsonSourceOptions { MaxValueBytes = int.MaxValue }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await JsonSource.OpenAsync(path, new JsonSourceOptions { TempFolder = "" }));
    }

    [Fact]
    public async Task TempFolder_IsUsedAndLeftEmpty()
    {
        var path = _folder.Write("s.jsonl", Lines);
        using var temp = new SourceFolder();
        await using (var source = await JsonLinesSource.OpenAsync(path, new JsonLinesSourceOptions { MaxMemoryBytes = 0, TempFolder = temp.Path }))
        {
            Assert.Equal("a=1 b=2", await source.AllAsync());
            if (!OperatingSystem.IsWindows()) Assert.Empty(temp.Files());
        }

        Assert.Empty(temp.Files());
    }

    [Fact]
    public async Task TempFolder_ThatIsNone_IsAnError()
    {
        var options = new JsonLinesSourceOptions { MaxMemoryBytes = 0, TempFolder = PathOf("none") };

        Assert.StartsWith($"{PathOf("none")}: No temporary file can be created here", await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", Lines), options).FaultAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IndexedFile_WrittenTo_IsAnErrorWhenRead(bool changesLength)
    {
        var path = _folder.Write("s.jsonl", Lines);
        await using var source = await JsonLinesSource.OpenAsync(path, SourceReading.LinesOptions(Form.Indexed));
        await File.WriteAllTextAsync(path, changesLength ? Lines + Lines : Lines.Replace('1', '3'));
        File.SetLastWriteTimeUtc(path, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        foreach (var read in new Func<Task>[] { () => source.TextAsync("a"), () => source.TextAsync("none"), () => source.AllAsync() })
        {
            Assert.Equal($"{path}: The file changed while in use; open it again.", (await Assert.ThrowsAsync<CacheSourceException>(read)).Message);
        }
    }

    [Fact]
    public async Task IndexedFile_CutOff_IsAnErrorWhenRead()
    {
        var path = _folder.Write("s.jsonl", Lines);
        await using var source = await JsonLinesSource.OpenAsync(path, SourceReading.LinesOptions(Form.Indexed));
        await File.WriteAllTextAsync(path, "{}");

        Assert.Contains("changed while in use", (await Assert.ThrowsAsync<CacheSourceException>(() => source.TextAsync("a"))).Message);
    }

    [Theory]
    [EachForm]
    public async Task ReplacedFile_StaysAsItWas(Form form)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("An open file cannot be replaced on Windows.");
        var path = _folder.Write("s.jsonl", Lines);
        await using var source = await JsonLinesSource.OpenAsync(path, SourceReading.LinesOptions(form));
        File.Move(_folder.Write("new.jsonl", Lines.Replace('1', '3')), path, overwrite: true);

        Assert.Equal("1", await source.TextAsync("a"));
    }

    [Theory]
    [EachForm]
    public async Task Dispose_IsIdempotent_AndEndsReading(Form form)
    {
        var source = await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", Lines), SourceReading.LinesOptions(form));
        await source.DisposeAsync();
        await source.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => source.TextAsync("a"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => source.AllAsync());
        Assert.Throws<ObjectDisposedException>(() => source.IsIndexed);
    }

    [Theory]
    [EachForm]
    public async Task BadArguments_AreRefused(Form form)
    {
        await using var source = await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", Lines), SourceReading.LinesOptions(form));

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await source.ReadAsync(null!, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await source.ReadPageAsync(SourcePosition.Start, 0, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(async () => await source.ReadPageAsync(new SourcePosition("-1"), 1, CancellationToken.None));
        Assert.Empty((await source.ReadPageAsync(new SourcePosition("99"), 1, CancellationToken.None)).Entries);
    }

    [Fact]
    public async Task Cancellation_EndsTheOpening()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", Lines), null, new CancellationToken(canceled: true)));
    }

    [Theory]
    [EachForm]
    public async Task Readers_ManyAtOnce_GetTheirOwn(Form form)
    {
        var lines = string.Concat(Enumerable.Range(0, 300).Select(i => $"{{\"key\":\"k{i}\",\"value\":\"v{i}\"}}\n"));
        await using var source = await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", lines), SourceReading.LinesOptions(form));

        await Parallel.ForAsync(0, 600, async (i, _) => Assert.Equal(i < 300 ? $"v{i}" : null, await source.TextAsync($"k{i}")));
    }

    [Fact]
    public async Task LargeValues_EndAPageEarly()
    {
        var text = new string('x', 9 * 1024 * 1024);
        var lines = string.Concat(Enumerable.Range(0, 3).Select(i => $"{{\"key\":\"k{i}\",\"value\":\"{text}\"}}\n"));
        await using var source = await JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", lines), SourceReading.LinesOptions(Form.Indexed));
        var first = await source.ReadPageAsync(SourcePosition.Start, 100, CancellationToken.None);
        var second = await source.ReadPageAsync(first.Next, 100, CancellationToken.None);

        Assert.Equal(["k0", "k1"], first.Entries.Select(entry => entry.Key));
        Assert.Equal(["k2"], second.Entries.Select(entry => entry.Key));
    }

    [Theory]
    [InlineData(1024 * 1024, false)]
    [InlineData(30, true)]
    [InlineData(0, true)]
    public async Task Pipe_IsReadToItsEnd(long maxMemoryBytes, bool isIndexed)
    {
        var pipe = MakePipe();
        var writing = Task.Run(() => File.AppendAllText(pipe, Lines + Lines.Replace('1', '3')));
        await using var source = await JsonLinesSource.OpenAsync(pipe, new JsonLinesSourceOptions { MaxMemoryBytes = maxMemoryBytes, TempFolder = _folder.Path });
        await writing;

        Assert.Equal(isIndexed, source.IsIndexed);
        Assert.Equal("a=3 b=2", await source.AllAsync());
        Assert.Equal("3", await source.TextAsync("a"));
    }

    [Fact]
    public async Task Pipe_OfAnEndlessLine_FailsEarly()
    {
        var pipe = MakePipe();
        var written = 0L;
        var writing = Task.Run(() => WriteUntilRefusedAsync(pipe));

        async Task WriteUntilRefusedAsync(string path)
        {
            await using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, BufferSize = 0 });
            var chunk = new byte[1024 * 1024];
            Array.Fill(chunk, (byte)'x');
            try
            {
                for (; written < 2L * 1024 * 1024 * 1024; written += chunk.Length) stream.Write(chunk);
            }
            catch (IOException)
            {
                // The reader has gone, as it should.
            }
        }

        var fault = await JsonLinesSource.OpenAsync(pipe, new JsonLinesSourceOptions { MaxMemoryBytes = 1024 * 1024, TempFolder = _folder.Path }).FaultAsync();
        await writing;

        Assert.EndsWith("line 1, byte 1: The line that begins here is too long; at most 65 MB are allowed.", fault);
        Assert.InRange(written, 65L * 1024 * 1024, 80L * 1024 * 1024);
    }

    private string MakePipe()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Named pipes in folders are of Unix.");
        var path = PathOf("pipe.jsonl");
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        return path;
    }
}
