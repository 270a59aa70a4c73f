using System.Text;

namespace Cistern.Cli.Tests;

public sealed class ReplayLogFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, string> Logs => new()
    {
        { "x.log", "a\nb\na", "a b a" },
        { "x.log", "a\r\n\r\nb\r\n\na\n", "a b a" },
        { "x.log", "\uFEFFa\nb\n", "a b" },
        { "x.log", "1,a,5\n2,b,6\n", "1,a,5 2,b,6" },
        { "x.log", "\"a\"\nkeys\n", "\"a\" keys" },
        { "x.log", "time,key,size\n1,a,5\n2,b,6\n", "a:5 b:6" },
        { "x.csv", "key\na\nb\n", "a b" },
        { "x.csv", "\uFEFF\"key\",\"size\"\r\na,5\r\n\r\nb,6\r\n", "a:5 b:6" },
        { "x.csv", "size,who,key\n5,me,a\n,you,b\n0,me,a\n", "a:5 b:100 a:0" },
        { "x.csv", "key,size\n\"x,\"\"y\"\"\nz\",7\n", "x,\"y\"\nz:7" },
        { "x.csv", "key,size\n,7\n", ":7" },
    };

    [Theory]
    [MemberData(nameof(Logs))]
    public void Read_ALog_HasItsRequestsInOrder(string name, string text, string requests) => Assert.Equal(requests, Requests(Read(name, text)));

    [Theory]
    [InlineData("1,a,5\n2,b,6\n", "a:5 b:6")]
    [InlineData("key,size\na,5\n", "a:5")]
    [InlineData("x,\"a,b\",5", "a,b:5")]
    public void Read_WithFormatCsv_TakesTheFirstRowForAHeaderOnlyIfItNamesKey(string text, string requests) =>
        Assert.Equal(requests, Requests(Read("x.log", text, new ReplayLogSettings { IsCsv = true })));

    [Fact]
    public void Read_WithFormatLines_TakesEveryLineForAKey() =>
        Assert.Equal("key,size a,5 \"b", Requests(Read("x.csv", "key,size\na,5\n\"b\n", new ReplayLogSettings { IsCsv = false })));

    [Fact]
    public void Read_Compressed_IsToldByItsFirstBytesNotByItsName()
    {
        Assert.Equal("a b a", Requests(Read("x.log", ReplayLogs.Compress("a\nb\na\n"))));
        Assert.Equal("a:5", Requests(Read("x.csv.gz", ReplayLogs.Compress("key,size\na,5\n"))));
        Assert.Equal("plain", Requests(Read("x.gz", "plain\n"u8.ToArray())));
    }

    [Fact]
    public void Read_CompressedInSeveralMembers_ReadsAll() =>
        Assert.Equal("a b c", Requests(Read("x.gz", [.. ReplayLogs.Compress("a\nb\n"), .. ReplayLogs.Compress("c\n")])));

    [Fact]
    public void Read_StandardInput_IsAFileToo()
    {
        var console = new ConsoleStreams(Stream.Null, TextWriter.Null) { OpenInput = () => new MemoryStream(ReplayLogs.Compress("a\nb\n")) };

        var log = new ReplayLogFile("-", new ReplayLogSettings()).Read(console, new ReplayProgress(), TestContext.Current.CancellationToken);

        Assert.Equal(("standard input", "a b"), (log.Name, Requests(log)));
    }

    [Fact]
    public void Read_HostileKeys_AreKeysAsTheyAre()
    {
        string[] keys = ["<script>alert(1)</script>", "a\"'&b", "\u001b[31m\u202e", "ключ 💧", new('k', 65_536), "../../etc", "{{title}}", "%00", "  spaces  "];

        var log = Read("x.log", string.Join('\n', keys));

        Assert.Equal(keys, log.Keys.ToArray());
        Assert.Equal(keys.Length, log.Requests.Length);
    }

    [Fact]
    public void Read_Figures_CountEachKeyOnceByItsFirstSize()
    {
        var log = Read("x.csv", "key,size\na,5\nb,6\na,50\n");

        Assert.Equal((2, 3, 61L, 11L, 50, true), (log.Keys.Length, log.Requests.Length, log.RequestedBytes, log.FootprintBytes, log.Value.Length, log.HasSizes));
    }

    [Fact]
    public void Read_WithoutSizes_GivesEveryValueTheSameOne()
    {
        var log = Read("x.log", "a\nb\na\n", new ReplayLogSettings { ValueBytes = 7 });

        Assert.Equal((21L, 14L, 7, false), (log.RequestedBytes, log.FootprintBytes, log.Value.Length, log.HasSizes));
    }

    public static TheoryData<string, byte[], string> BadLogs => new()
    {
        { "x.log", "a\nb\0c\n"u8.ToArray(), "x.log: line 2, byte 1: A key must not contain NUL (U+0000)." },
        { "x.log", [(byte)'a', (byte)'\n', (byte)'b', 0xFF], "x.log: line 2, byte 2: This is not UTF-8; save the file as UTF-8." },
        { "x.log", [0xFF, 0xFE, (byte)'a', 0], "x.log: line 1, byte 1: The file is in UTF-16 or UTF-32; save it as UTF-8." },
        { "x.log", Encoding.UTF8.GetBytes("a\n" + new string('k', 65_537)), "x.log: line 2, byte 1: A key must have at most 65536 bytes of UTF-8; this one has 65537." },
        { "x.log", [], "x.log: holds no request; a log has one key a line, or is CSV with a column \"key\"" },
        { "x.log", "\n\n"u8.ToArray(), "x.log: holds no request; a log has one key a line, or is CSV with a column \"key\"" },
        { "x.csv", "key,size\n"u8.ToArray(), "x.csv: holds no request; a log has one key a line, or is CSV with a column \"key\"" },
        { "x.csv", "1,a,5\n"u8.ToArray(), "x.csv: line 1: no column is named \"key\"; name it in a header, or give --format csv for rows of time, key, size, or --format lines" },
        { "x.CSV.GZ", ReplayLogs.Compress("1,a,5\n"), "x.CSV.GZ: line 1: no column is named \"key\"; name it in a header, or give --format csv for rows of time, key, size, or --format lines" },
        { "x.jsonl", "{\"key\": \"a\"}\n"u8.ToArray(), "x.jsonl: is JSON by its name; a log has one key a line, or is CSV with a column \"key\"; --format lines takes each line for a key" },
        { "x.csv", "key,size\na,5\nb,big\n"u8.ToArray(), "x.csv: line 3, byte 1: The field \"size\" must be a whole number of bytes from 0 to 2147483591, or empty where --value-bytes holds." },
        { "x.csv", "key,size\na,-5\n"u8.ToArray(), "x.csv: line 2, byte 1: The field \"size\" must be a whole number of bytes from 0 to 2147483591, or empty where --value-bytes holds." },
        { "x.csv", "key,size\na,2147483592\n"u8.ToArray(), "x.csv: line 2, byte 1: The field \"size\" must be a whole number of bytes from 0 to 2147483591, or empty where --value-bytes holds." },
        { "x.csv", "key,size\na,5\nb\n"u8.ToArray(), "x.csv: line 3, byte 1: The row has 1 fields; the header names 2." },
        { "x.csv", "key,key\na,5\n"u8.ToArray(), "x.csv: line 1, byte 1: The header names the column \"key\" twice; a name may appear once." },
        { "x.csv", "key,size\n\"a,5\n"u8.ToArray(), "x.csv: line 2, byte 1: The quotes of a field are not closed." },
        { "x.gz", ReplayLogs.Compress("a\nb\n")[..^6], "x.gz: The file cannot be read: the gzip data are damaged or cut off" },
        { "x.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF], "x.gz: cannot be read: the gzip data are damaged or cut off" },
    };

    [Theory]
    [MemberData(nameof(BadLogs))]
    public void Read_WhatIsNoLog_SaysWhereAndWhatIsAllowed(string name, byte[] bytes, string message) =>
        Assert.Equal(message, Assert.Throws<BadInputException>(() => Read(name, bytes)).Message.Replace(_folder.Path + Path.DirectorySeparatorChar, ""));

    [Fact]
    public void Read_RowsWithoutAHeader_NeedTheirThreeFields() => Assert.EndsWith(
        "x.log: line 2, byte 1: The row has 2 fields; 3 are needed: time, key, size.",
        Assert.Throws<BadInputException>(() => Read("x.log", "1,a,5\n2,b\n", new ReplayLogSettings { IsCsv = true })).Message);

    [Fact]
    public void Read_Cancelled_Ends() => Assert.ThrowsAny<OperationCanceledException>(() =>
        new ReplayLogFile(_folder.Write("x.log", string.Join('\n', Enumerable.Range(0, 10_000))), new ReplayLogSettings()).Read(new ConsoleStreams(Stream.Null, TextWriter.Null), new ReplayProgress(), new CancellationToken(canceled: true)));

    private ReplayLog Read(string name, string text, ReplayLogSettings? settings = null) => Read(name, Encoding.UTF8.GetBytes(text), settings);

    private ReplayLog Read(string name, byte[] bytes, ReplayLogSettings? settings = null) =>
        new ReplayLogFile(_folder.Write(name, bytes), settings ?? new ReplayLogSettings()).Read(new ConsoleStreams(Stream.Null, TextWriter.Null), new ReplayProgress(), TestContext.Current.CancellationToken);

    private static string Requests(ReplayLog log) =>
        string.Join(' ', Enumerable.Range(0, log.Requests.Length).Select(i => log.Keys[log.Requests[i]] + (log.HasSizes ? $":{log.SizeOf(i)}" : "")));
}
