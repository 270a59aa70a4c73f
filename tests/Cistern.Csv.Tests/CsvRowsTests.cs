using System.Text;

namespace Cistern.Tests;

public sealed class CsvRowsTests
{
    private static CsvRows Open(string text, char delimiter = ',') => new(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f", 1024, delimiter);

    [Fact]
    public void Rows_AreReadInOrder()
    {
        using var rows = Open("a\tb\n1\t\"x\"\"\"\n2\ty", '\t');

        Assert.Equal(["a", "b"], rows.Columns);
        Assert.Throws<InvalidOperationException>(() => rows[0]);
        Assert.True(rows.Read());
        Assert.Equal(("1", "x\""), (rows[0], rows[1]));
        Assert.Equal("f: line 2, byte 1: Why.", rows.Fault("Why.").Message);
        Assert.True(rows.Read());
        Assert.Equal(("2", "y"), (rows[0], rows[1]));
        Assert.False(rows.Read());
        Assert.Throws<InvalidOperationException>(() => rows[0]);
    }

    [Fact]
    public void BadRows_AreErrors()
    {
        using var rows = Open("a,b\n1\n");

        Assert.Equal("f: line 2, byte 1: The row has 1 fields; the header names 2.", Assert.Throws<CacheSourceException>(() => rows.Read()).Message);
        Assert.Equal("f: line 1, byte 1: The file has no header; the first row must name the columns.", Assert.Throws<CacheSourceException>(() => Open("")).Message);
        Assert.EndsWith("too long; at most 1024 bytes are allowed.", Assert.Throws<CacheSourceException>(() => Open(new string('x', 100_000))).Message);
    }

    [Fact]
    public void Rows_WithoutAHeader_BeginWithTheFirst()
    {
        using var rows = new CsvRows(new MemoryStream("\uFEFF1,\"x,y\"\n2,z,3\n"u8.ToArray()), "f", ["a", "b"], 1024);

        Assert.Equal(["a", "b"], rows.Columns);
        Assert.True(rows.Read());
        Assert.Equal(("1", "x,y"), (rows[0], rows[1]));
        Assert.Equal("f: line 2, byte 1: The row has 3 fields; 2 are needed: a, b.", Assert.Throws<CacheSourceException>(() => rows.Read()).Message);
    }

    [Fact]
    public void Read_Cancelled_Throws()
    {
        using var rows = new CsvRows(new MemoryStream(Encoding.UTF8.GetBytes("a\n" + new string('x', 100_000))), "f", 1_000_000);

        Assert.Throws<OperationCanceledException>(() => rows.Read(new CancellationToken(canceled: true)));
    }
}
