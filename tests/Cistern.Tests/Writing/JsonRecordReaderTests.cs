using System.Text;

namespace Cistern.Tests.Writing;

/// <summary>Records from JSON objects: what is taken from which field, and what is said of what is none.</summary>
public sealed class JsonRecordReaderTests
{
    private static readonly RecordFields All = new() { Key = "id", Value = "v", TimeToLive = "ttl", Metadata = "meta", Version = "ver" };

    [Fact]
    public void Read_ARecord_IsItsKeyAndItselfAsItWasWritten()
    {
        var record = Read("""  {"name": "Bób", "key": "a\n\u00e9", "n": 2.50}""" + "\r");

        Assert.Equal("a\né", record.Key);
        Assert.Equal("""{"name": "Bób", "key": "a\n\u00e9", "n": 2.50}""", TextOf(record));
        Assert.Null(record.Rejection);
        Assert.Null(record.Metadata);
        Assert.Equal(7, record.Line);
    }

    [Theory]
    [InlineData(10, 100, false)]
    [InlineData(100, 10, true)]
    public void Read_AValue_IsAPartOfTheRecordUnlessItIsMuchSmaller(int valueLength, int restLength, bool isPart)
    {
        var json = Encoding.UTF8.GetBytes($$"""{"id": "k", "v": "{{new string('v', valueLength)}}", "rest": "{{new string('r', restLength)}}"}""");

        var record = new JsonRecordReader(new RecordFields { Key = "id", Value = "v" }).Read(json);

        Assert.Equal(new string('v', valueLength), TextOf(record));
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(record.Value, out var array));
        Assert.Equal(isPart, ReferenceEquals(json, array.Array));
    }

    [Fact]
    public void Read_ARecordInMuchWhiteSpace_KeepsNoneOfIt()
    {
        var json = Encoding.UTF8.GetBytes(new string(' ', 1000) + """{"key": "k"}""");

        var record = new JsonRecordReader().Read(json);

        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(record.Value, out var array));
        Assert.Equal("""{"key": "k"}""", Encoding.UTF8.GetString(array.Array!));
    }

    [Fact]
    public void Read_EveryField_IsTaken()
    {
        var record = Read("""{"id": "k", "v": "t\"ext", "ttl": 1.5, "meta": {"a": "1", "b": "2"}, "ver": 638993664000000001}""", All);

        Assert.Equal(("k", "t\"ext", TimeSpan.FromSeconds(1.5), 638993664000000001), (record.Key, TextOf(record), record.TimeToLive!.Value, record.Version!.Value));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, record.Metadata);
    }

    [Fact]
    public void Read_FieldsThatAreNullOrMissing_CountAsNotThere()
    {
        var record = Read("""{"id": "k", "v": {"x": [1]}, "ttl": null, "ver": null}""", All);

        Assert.Equal("""{"x": [1]}""", TextOf(record));
        Assert.Null(record.Rejection);
        Assert.Null(record.TimeToLive);
        Assert.Null(record.Metadata);
        Assert.Null(record.Version);
    }

    [Fact]
    public void Read_FieldsAsStrings_AreUnderstood()
    {
        var record = Read("""{"id": "", "v": "", "ttl": "5m", "ver": "-9223372036854775808"}""", All);

        Assert.Equal(("", "", TimeSpan.FromMinutes(5), long.MinValue), (record.Key, TextOf(record), record.TimeToLive!.Value, record.Version!.Value));
    }

    [Theory]
    [InlineData("[]", "A record must be a JSON object.")]
    [InlineData("null", "A record must be a JSON object.")]
    [InlineData("\"text\"", "A record must be a JSON object.")]
    [InlineData("", "The JSON is cut off here.")]
    [InlineData("{", "The JSON is cut off here.")]
    [InlineData("{\"id\": \"k\"", "The JSON is cut off here.")]
    [InlineData("{\"id\": \"k\"} {}", "not valid JSON")]
    [InlineData("{'id': 1}", "not valid JSON")]
    [InlineData("{\"id\": NaN}", "not valid JSON")]
    [InlineData("{}", "no field \"id\"")]
    [InlineData("{\"id\": null}", "no field \"id\"")]
    [InlineData("{\"id\": 5}", "must be a string")]
    [InlineData("{\"id\": \"\\ud800\", \"v\": 1}", "half of a surrogate pair")]
    [InlineData("{\"\\ud800\": 1, \"id\": \"k\", \"v\": 1}", "half of a surrogate pair")]
    [InlineData("{\"id\": \"a\", \"id\": \"b\"}", "\"id\" appears twice")]
    [InlineData("{\"id\": \"k\"}", "no field \"v\"")]
    [InlineData("{\"id\": \"k\", \"v\": null}", "no field \"v\"")]
    [InlineData("{\"id\": \"k\", \"v\": \"\\udc00\"}", "half of a surrogate pair")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"ttl\": 0}", "number of seconds greater than zero")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"ttl\": -1}", "number of seconds greater than zero")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"ttl\": 1e300}", "number of seconds greater than zero")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"ttl\": \"soon\"}", "number of seconds greater than zero")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"ttl\": [1]}", "number of seconds greater than zero")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"meta\": []}", "must be an object of strings")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"meta\": {\"a\": 1}}", "must be an object of strings")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"meta\": {\"a\": \"1\", \"a\": \"2\"}}", "must be an object of strings")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"ver\": 1.5}", "whole number of 64 bits")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"ver\": 9223372036854775808}", "whole number of 64 bits")]
    [InlineData("{\"id\": \"k\", \"v\": 1, \"ver\": true}", "whole number of 64 bits")]
    public void Read_WhatIsNoRecord_IsRejectedWithTheReason(string json, string reason)
    {
        var record = Read(json, All);

        Assert.NotNull(record.Rejection);
        Assert.Contains(reason, record.Rejection, StringComparison.Ordinal);
        Assert.Equal(7, record.Line);
    }

    [Fact]
    public void Read_NestedTooDeeply_IsRejected() =>
        Assert.Contains("64 levels", Read("{\"key\": " + new string('[', 80) + new string(']', 80) + "}").Rejection, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"b": 1, "a": 2.0}""")]
    [InlineData("""{ "a" : 2 , "b" : 1.00 , "key": null }""")]
    public void Read_WithoutAKey_IsHashedWhenAskedTo(string json)
    {
        var record = Read(json, new RecordFields { OnMissingKey = MissingKeyHandling.Hash });

        Assert.Equal(json.Contains("key", StringComparison.Ordinal) ? Sha256("""{"a":2,"b":1,"key":null}""") : Sha256("""{"a":2,"b":1}"""), record.Key);
        Assert.Equal(json, TextOf(record));
    }

    [Fact]
    public void Read_WithAKey_IsNotHashed() => Assert.Equal("k", Read("""{"key": "k"}""", new RecordFields { OnMissingKey = MissingKeyHandling.Hash }).Key);

    [Fact]
    public void Read_ALoneSurrogateInAHashedRecord_IsRejected() =>
        Assert.Contains("half of a surrogate pair", Read("{\"a\": \"\\ud800\"}", new RecordFields { OnMissingKey = MissingKeyHandling.Hash }).Rejection, StringComparison.Ordinal);

    [Fact]
    public void Reader_OneFieldForTwoThings_Throws() => Assert.Throws<ArgumentException>(() => new JsonRecordReader(new RecordFields { Value = "key" }));

    [Fact]
    public void ReadLines_AFile_GivesRecordsAndRejectionsWithTheirLines()
    {
        var bytes = Encoding.UTF8.GetBytes("{\"key\": \"a\", \"n\": 1}\n\n   \n[1]\r\n{\"key\": \"b\"}\n{\"n\":");

        var records = JsonLinesRecords.Read(new MemoryStream(bytes), "stream").ToArray();

        Assert.Equal([1L, 4, 5, 6], records.Select(record => record.Line));
        Assert.Equal(["a", null, "b", null], records.Select(record => record.Key));
        Assert.Equal("{\"key\": \"a\", \"n\": 1}", TextOf(records[0]));
        Assert.Equal("A record must be a JSON object.", records[1].Rejection);
        Assert.Equal("The JSON is cut off here.", records[3].Rejection);
    }

    [Fact]
    public void ReadLines_BeyondTheScannersBuffer_KeepsTheValues()
    {
        var lines = Enumerable.Range(0, 20_000).Select(i => $"{{\"key\": \"k{i}\", \"text\": \"{new string((char)('a' + i % 26), i % 200)}\"}}").ToArray();

        var records = JsonLinesRecords.Read(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), "stream").ToArray();

        Assert.Equal(lines, records.Select(TextOf));
    }

    [Fact]
    public void ReadLines_NotUtf8_ThrowsWhereItIs()
    {
        var records = JsonLinesRecords.Read(new MemoryStream([.. "{\"key\": \"a\"}\n{\"key\": \""u8, 0xFF, .. "\"}\n"u8]), "stream").GetEnumerator();

        Assert.True(records.MoveNext());
        Assert.Contains("stream: line 2, byte 10: This is not UTF-8", Assert.Throws<CacheSourceException>(() => records.MoveNext()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFile_EachEnumeration_ReadsAnew()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "{\"key\": \"a\"}\n");
            var records = JsonLinesRecords.ReadFile(path);

            Assert.Single(records);
            File.AppendAllText(path, "{\"key\": \"b\"}\n");
            Assert.Equal(2, records.Count());
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Throws<CacheSourceException>(() => JsonLinesRecords.ReadFile(path).Count());
    }

    private static WriteRecord Read(string json, RecordFields? fields = null) => new JsonRecordReader(fields).Read(Encoding.UTF8.GetBytes(json), 7);

    private static string TextOf(WriteRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    private static string Sha256(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
