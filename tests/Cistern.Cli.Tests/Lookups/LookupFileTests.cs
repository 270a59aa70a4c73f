using System.Globalization;
using System.Text;
using Cistern.Cli;

namespace Cistern.Tests;

[Collection("Alone")]
public sealed class LookupFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cistern-lookups-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static string[] Read(string address, string? baseFolder = null)
    {
        using var file = LookupFile.Open(address, baseFolder);
        return [.. file.Read().Select(lookup => lookup.Time is { } time ? $"{lookup.Key}@{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture)}" : lookup.Key)];
    }

    private static string Fault(string address) => Assert.Throws<CacheSourceException>(() => Read(address)).Message;

    [Theory]
    [InlineData("a.txt", nameof(LookupFormat.Plain))]
    [InlineData("a", nameof(LookupFormat.Plain))]
    [InlineData("a.log", nameof(LookupFormat.Plain))]
    [InlineData("a.jsonl", nameof(LookupFormat.JsonLines))]
    [InlineData("a.NDJSON", nameof(LookupFormat.JsonLines))]
    [InlineData("a.csv", nameof(LookupFormat.Csv))]
    public void Format_IsToldByTheExtensionOrThePrefix(string name, string format)
    {
        var path = Write(name, "");
        using var byExtension = LookupFile.Open(path);
        using var plain = LookupFile.Open("txt:" + path);
        using var lines = LookupFile.Open("jsonl:" + name, _folder);
        using var csv = LookupFile.Open("csv:" + path);

        Assert.Equal((format, path), (byExtension.Format.ToString(), byExtension.Name));
        Assert.Equal((LookupFormat.Plain, path), (plain.Format, plain.Name));
        Assert.Equal((LookupFormat.JsonLines, path), (lines.Format, lines.Name));
        Assert.Equal(LookupFormat.Csv, csv.Format);
    }

    [Fact]
    public void Json_IsRefusedUnlessAPrefixTellsTheFormat()
    {
        var path = Write("a.json", "[\"a\"]");

        Assert.Equal($"{path}: A file of lookups has one key a line, or is JSON Lines or CSV; a JSON array of keys goes into the configuration.", Fault(path));
        Assert.Equal(["[\"a\"]"], Read("txt:" + path));
    }

    [Fact]
    public void Plain_IsOneKeyALine()
    {
        Assert.Equal(["a", " b ", "ü,\"", "c\td", "a"], Read(Write("l.txt", "a\n b \r\n\n\r\nü,\"\nc\td\na")));
        Assert.Equal(["a"], Read(Write("l.txt", "a\n")));
        Assert.Empty(Read(Write("l.txt", "")));
    }

    [Fact]
    public void JsonLines_HaveKeysAndTimes()
    {
        Assert.Equal(["a", "", "b\n"], Read(Write("l.jsonl", "{\"key\":\"a\",\"x\":[{\"key\":1}]}\n \n{\"key\":\"\"}\r\n{\"k\\u0065y\":\"b\\n\"}")));
        Assert.Equal(
            ["a@1970-01-01T00:00:00Z", "b@1970-01-01T00:00:01.5Z", "c@2023-11-14T22:13:20.123Z", "c@2023-11-14T22:13:20.123Z", "d@2026-01-31T08:00:00.25Z", "e@2026-01-31T08:01:00Z"],
            Read(Write("l.jsonl", """
                {"key":"a","t":0}
                {"t":1.5,"key":"b"}
                {"key":"c","t":1700000000.123}
                {"key":"c","t":1700000000.123}
                {"key":"d","t":"2026-01-31T09:00:00.25+01:00"}
                {"key":"e","t":"2026-01-31T08:01Z"}
                """)));
    }

    [Fact]
    public void Csv_HasKeysAndTimes()
    {
        Assert.Equal(["a", "b,\"\n", ""], Read(Write("l.csv", "x,key\n1,a\n2,\"b,\"\"\n\"\n3,\n")));
        Assert.Equal(["a@1970-01-01T00:00:01Z", "b@1970-01-01T00:16:40Z", "c@2026-01-31T08:00:00Z"], Read(Write("l.csv", "t,key\n1,a\n1e3,b\n2026-01-31T08:00:00Z,c\n")));
    }

    [Theory]
    [InlineData("l.txt", "a\nb\0SECRET\n", "line 2, byte 1: A key must not contain NUL (U+0000).")]
    [InlineData("l.jsonl", "{\"key\":\"a\"}\n{\"key\":\"SECRET\\u0000\"}", "line 2, byte 1: A key must not contain NUL (U+0000).")]
    [InlineData("l.jsonl", "{\"key\":\"\\ud800\"}", "line 1, byte 1: A string has half of a surrogate pair, which UTF-8 cannot hold; both halves are needed.")]
    [InlineData("l.jsonl", "\"SECRET\"", "line 1, byte 1: A line must hold one JSON object, with \"key\" and perhaps \"t\".")]
    [InlineData("l.jsonl", "{\"key\":SECRET}", "line 1, byte 8: This is not one valid JSON object (RFC 8259) of at most 64 levels.")]
    [InlineData("l.jsonl", "{\"key\":\"a\"", "This is not one valid JSON object (RFC 8259) of at most 64 levels.")]
    [InlineData("l.jsonl", "{\"key\":\"a\"} {}", "line 1, byte 13: This is not one valid JSON object (RFC 8259) of at most 64 levels.")]
    [InlineData("l.jsonl", "{\"Key\":\"a\"}", "line 1, byte 1: The object has no field \"key\".")]
    [InlineData("l.jsonl", "{\"key\":1}", "line 1, byte 2: The field \"key\" must be a string.")]
    [InlineData("l.jsonl", "{\"key\":\"a\",\"key\":\"b\"}", "line 1, byte 12: This field appears twice; it may appear once.")]
    [InlineData("l.jsonl", "{\"key\":\"a\",\"t\":null}", "line 1, byte 12: " + LookupTimes.NotATime)]
    [InlineData("l.jsonl", "{\"key\":\"a\",\"t\":1e30}", "line 1, byte 12: " + LookupTimes.NotATime)]
    [InlineData("l.jsonl", "{\"key\":\"a\",\"t\":\"2026-01-31T08:00:00\"}", "line 1, byte 12: " + LookupTimes.NotATime)]
    [InlineData("l.jsonl", "{\"key\":\"a\",\"t\":\"2026-02-31T08:00:00Z\"}", "line 1, byte 12: " + LookupTimes.NotATime)]
    [InlineData("l.jsonl", "{\"key\":\"a\",\"t\":2}\n{\"key\":\"a\",\"t\":1.9}", "line 2, byte 1: The field \"t\" goes backwards; lookups must be in the order of their times.")]
    [InlineData("l.jsonl", "{\"key\":\"a\",\"t\":2}\n{\"key\":\"a\"}", "line 2, byte 1: Either all lookups have \"t\" or none has.")]
    [InlineData("l.jsonl", "{\"key\":\"a\"}\n{\"key\":\"a\",\"t\":2}", "line 2, byte 1: Either all lookups have \"t\" or none has.")]
    [InlineData("l.csv", "", "The file has no header; the first row must name the columns.")]
    [InlineData("l.csv", "id,t\na,1\n", "line 1, byte 1: The header has no column \"key\".")]
    [InlineData("l.csv", "key,t\na,1\nSECRET,\n", "line 3, byte 1: " + LookupTimes.NotATime)]
    [InlineData("l.csv", "key,t\na,2\na,1\n", "line 3, byte 1: The field \"t\" goes backwards; lookups must be in the order of their times.")]
    [InlineData("l.csv", "key,t\na\n", "line 2, byte 1: The row has 1 fields; the header names 2.")]
    public void BadLookup_IsAnErrorAtItsPlace(string name, string text, string fault)
    {
        var path = Write(name, text);
        var message = Fault(path);

        Assert.StartsWith(path + ": line ", message);
        Assert.EndsWith(fault, message);
        Assert.DoesNotContain("SECRET", message);
    }

    [Fact]
    public void KeyTooLong_IsAnError()
    {
        Assert.Contains("at most 65536 bytes", Fault(Write("l.txt", new string('k', 65537))));
    }

    [Fact]
    public void OtherEncodings_AreErrors()
    {
        byte[] mark = [0xEF, 0xBB, 0xBF, .. "a"u8];

        Assert.Contains("UTF-16", Fault(Write("l.txt", Encoding.Unicode.GetBytes("abc"))));
        Assert.Contains("byte order mark", Fault(Write("l.txt", mark)));
        Assert.EndsWith("line 2, byte 2: This is not UTF-8; save the file as UTF-8.", Fault(Write("l.txt", [.. "a\nb"u8, 0xFF])));
    }

    [Fact]
    public void MissingFile_AndFolder_AreErrors()
    {
        Assert.EndsWith("none.txt: There is no such file.", Fault(Path.Combine(_folder, "none.txt")));
        Assert.EndsWith(": This is a folder; a file is needed.", Fault(_folder));
        Assert.Throws<ArgumentException>(() => LookupFile.Open(""));
    }

    [Fact]
    public void Memory_DoesNotGrowWithTheFile()
    {
        var path = Write("l.txt", string.Concat(Enumerable.Range(0, 200_000).Select(i => $"user:{i % 1000}\n")));
        using var file = LookupFile.Open(path);
        var count = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = before;
        foreach (var _ in file.Read())
        {
            if (++count % 50_000 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        }

        Assert.Equal(200_000, count);
        Assert.InRange(most - before, long.MinValue, 1024 * 1024);
    }
}
