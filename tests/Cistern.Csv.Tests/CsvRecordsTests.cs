using System.Text;

namespace Cistern.Tests;

public sealed class CsvRecordsTests
{
    [Fact]
    public void Read_Rows_AreRecordsOfStrings()
    {
        var records = Read("key,name,n\na,\"B\"\"ó\"\"b\",1\n\nb,,2\n");

        Assert.Equal(["a", "b"], records.Select(record => record.Key));
        Assert.Equal("""{"key":"a","name":"B\"ó\"b","n":"1"}""", TextOf(records[0]));
        Assert.Equal("""{"key":"b","name":"","n":"2"}""", TextOf(records[1]));
        Assert.Equal([2L, 4], records.Select(record => record.Line));
    }

    [Fact]
    public void Read_FieldsThatMeanSomething_AreTaken()
    {
        var records = Read("id;v;ttl;ver\na;x;30;7\nb;y;5m;\nc;z;;-1\n", new RecordFields { Key = "id", Value = "v", TimeToLive = "ttl", Version = "ver" }, ';');

        Assert.Equal(["x", "y", "z"], records.Select(TextOf));
        Assert.Equal([TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), null], records.Select(record => record.TimeToLive));
        Assert.Equal([7L, null, -1], records.Select(record => record.Version));
    }

    [Fact]
    public void Read_RowsThatAreNone_AreRejectedInTheirPlace()
    {
        var records = Read("key,n\na,1\nb\n,3\nc,4\n");

        Assert.Equal(["a", null, null, "c"], records.Select(record => record.Key));
        Assert.Equal("The row has 1 fields; the header names 2.", records[1].Rejection);
        Assert.Equal("The record has no field \"key\", which holds the key.", records[2].Rejection);
        Assert.Equal(4, records[2].Line);
    }

    [Fact]
    public void Read_AnEmptyKey_IsHashedWhenAskedTo()
    {
        var records = Read("n\n1\n2\n1\n", new RecordFields { OnMissingKey = MissingKeyHandling.Hash });

        Assert.All(records, record => Assert.Equal(64, record.Key!.Length));
        Assert.Equal(records[0].Key, records[2].Key);
        Assert.NotEqual(records[0].Key, records[1].Key);
    }

    [Fact]
    public void Read_AHeaderThatLacksAColumn_ThrowsAtOnce()
    {
        Assert.Contains("no column \"key\", which holds the key; it has \"id\"", Assert.Throws<CacheSourceException>(() => Read("id\n1\n")).Message, StringComparison.Ordinal);
        Assert.Contains("no column \"ver\", which holds the version", Assert.Throws<CacheSourceException>(() => Read("key\n1\n", new RecordFields { Version = "ver" })).Message, StringComparison.Ordinal);
        Assert.Throws<CacheSourceException>(() => Read(""));
        Assert.Throws<ArgumentException>(() => Read("key\n", new RecordFields { Metadata = "key2" }));
    }

    [Fact]
    public void Read_WhereNoRowEnds_ThrowsAfterThoseBefore()
    {
        var records = CsvRecords.Read(new MemoryStream("key\na\n\"b\n"u8.ToArray()), "f").GetEnumerator();

        Assert.True(records.MoveNext());
        Assert.Contains("f: line 3", Assert.Throws<CacheSourceException>(() => records.MoveNext()).Message, StringComparison.Ordinal);
    }

    private static WriteRecord[] Read(string text, RecordFields? fields = null, char delimiter = ',') =>
        [.. CsvRecords.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f", fields, delimiter)];

    private static string TextOf(WriteRecord record) => Encoding.UTF8.GetString(record.Value.Span);
}
