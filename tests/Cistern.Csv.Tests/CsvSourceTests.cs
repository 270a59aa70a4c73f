using System.Text;

namespace Cistern.Tests;

public sealed class CsvSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cistern-csv-").FullName;

    public static TheoryData<bool> Forms => [false, true];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ValueTask<CsvSource> Open(string text, bool isIndexed = false, string? value = "value", char delimiter = ',', string key = "key", int maxValueBytes = 1024) => Open(Encoding.UTF8.GetBytes(text), isIndexed, value, delimiter, key, maxValueBytes);

    private async ValueTask<CsvSource> Open(byte[] bytes, bool isIndexed = false, string? value = "value", char delimiter = ',', string key = "key", int maxValueBytes = 1024)
    {
        var path = Path.Combine(_folder, "s.csv");
        await File.WriteAllBytesAsync(path, bytes);
        var options = new CsvSourceOptions { KeyField = key, ValueField = value, Delimiter = delimiter, MaxMemoryBytes = isIndexed ? 0 : long.MaxValue, MaxValueBytes = maxValueBytes };
        return await CsvSource.OpenAsync(path, options);
    }

    private static async Task<string?> TextAsync(CsvSource source, string key) =>
        await source.ReadAsync(key, CancellationToken.None) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    private static async Task<string> AllAsync(CsvSource source)
    {
        var page = await source.ReadPageAsync(SourcePosition.Start, 1000, CancellationToken.None);
        return string.Join(' ', page.Entries.Select(entry => $"{entry.Key}={Encoding.UTF8.GetString(entry.Value.Span)}{(SourceMetadata.IsJson(entry.Metadata) ? "*" : "")}"));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Rows_AreEntries(bool isIndexed)
    {
        await using var source = await Open("name,value,key\nx,1,a\r\n\n\r\ny,Größe 😀,b\n,,c\nz,\"q \"\"x\"\", y\r\nz\",\"d\"\"\n\"\nz,e,ü", isIndexed);

        Assert.Equal(isIndexed, source.IsIndexed);
        Assert.Equal("a=1 b=Größe 😀 c= d\"\n=q \"x\", y\r\nz ü=e", await AllAsync(source));
        Assert.Equal("Größe 😀", await TextAsync(source, "b"));
        Assert.Equal("", await TextAsync(source, "c"));
        Assert.Equal("q \"x\", y\r\nz", await TextAsync(source, "d\"\n"));
        Assert.Equal("e", await TextAsync(source, "ü"));
        Assert.Null(await TextAsync(source, "key"));
        Assert.Null(await TextAsync(source, "x"));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Duplicates_TheLastWinsInItsOwnPlace(bool isIndexed)
    {
        await using var source = await Open("key,value\na,1\nb,2\na,3\n", isIndexed);

        Assert.Equal("b=2 a=3", await AllAsync(source));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task WholeRow_IsAJsonObjectOfStrings(bool isIndexed)
    {
        await using var source = await Open("sku;n;\"the \"\"name\"\"\"\na;1;Größe\nb;;\"x;\ny\"\n", isIndexed, value: null, delimiter: ';', key: "sku");

        Assert.Equal("""a={"sku":"a","n":"1","the \"name\"":"Größe"}* b={"sku":"b","n":"","the \"name\"":"x;\ny"}*""", await AllAsync(source));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task ByteOrderMark_IsAccepted(bool isIndexed)
    {
        byte[] mark = [0xEF, 0xBB, 0xBF];
        await using var source = await Open([.. mark, .. "key,value\n"u8, .. mark, .. "a,1\nb,2\n"u8], isIndexed);

        // Only at the beginning of the file it is a mark.
        Assert.Equal("\uFEFFa=1 b=2", await AllAsync(source));
        Assert.Equal("1", await TextAsync(source, "\uFEFFa"));
        Assert.Null(await TextAsync(source, "a"));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task HeaderOnly_IsAnEmptySource(bool isIndexed)
    {
        await using var source = await Open("key,value", isIndexed);

        Assert.Equal("", await AllAsync(source));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task ManyRowsAcrossBuffers_AreWhole(bool isIndexed)
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 3000).ToDictionary(i => $"k,{i}", i => string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => "ab,;\"\n\r\nß😀 #"[random.Next(8)])));
        values["long"] = new string('"', 100_000) + "\n";
        static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"")}\"";
        var text = new StringBuilder("key,value\n");
        foreach (var (key, value) in values) text.Append(Quoted(key)).Append(',').Append(Quoted(value)).Append('\n');
        await using var source = await Open(text.ToString(), isIndexed, maxValueBytes: 1024 * 1024);

        foreach (var (key, value) in values) Assert.Equal(value, await TextAsync(source, key));
    }

    [Theory]
    [InlineData("", "line 1, byte 1: The file has no header; the first row must name the columns.")]
    [InlineData("\n\n", "The file has no header; the first row must name the columns.")]
    [InlineData("id,value\n", "line 1, byte 1: The header has no column \"key\", which holds the key; it has \"id\", \"value\".")]
    [InlineData("key,val\n", "line 1, byte 1: The header has no column \"value\", which holds the value; it has \"key\", \"val\".")]
    [InlineData("key,value,key\n", "line 1, byte 1: The header names the column \"key\" twice; a name may appear once.")]
    [InlineData("key,value\na,1\nSECRET\n", "line 3, byte 1: The row has 1 fields; the header names 2.")]
    [InlineData("key,value\n\"a\nb\",1\nSECRET,2,3\n", "line 4, byte 1: The row has 3 fields; the header names 2.")]
    [InlineData("key,value\na,SEC\"RET\n", "line 2, byte 6: A quote stands inside a field that does not begin with one; put the field in quotes and write the quote twice.")]
    [InlineData("key,value\na,\"SEC\"RET\n", "line 2, byte 8: This is not valid CSV (RFC 4180); a field in quotes ends at its closing quote.")]
    [InlineData("key,value\na,1\nb,\"SECRET\n\n", "line 3, byte 1: The quotes of a field are not closed.")]
    [InlineData("key,value\ra,1\r", "line 1, byte 10: A carriage return stands alone; a line ends in a line feed, and a field with a line end must be in quotes.")]
    [InlineData("key,value\na,1\r", "line 2, byte 4: A carriage return stands alone; a line ends in a line feed, and a field with a line end must be in quotes.")]
    [InlineData("key,value\na\0b,1\n", "line 2, byte 1: A key must not contain NUL (U+0000).")]
    [InlineData("key,value\na,123456789\n", "line 2, byte 1: The value has 9 bytes; at most 8 bytes are allowed.")]
    public async Task BadContent_IsAnErrorAtItsPlace(string text, string fault)
    {
        foreach (var isIndexed in new[] { false, true })
        {
            if (text.Length == 0 && isIndexed) continue;
            var error = await Assert.ThrowsAsync<CacheSourceException>(async () => await Open(text, isIndexed, maxValueBytes: 8));
            Assert.StartsWith(Path.Combine(_folder, "s.csv") + ": line ", error.Message);
            Assert.EndsWith(fault, error.Message);
            Assert.DoesNotContain("SECRET", error.ToString());
        }
    }

    [Fact]
    public async Task OtherEncodings_AreErrors()
    {
        byte[] utf16 = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("key,value\n")];
        byte[] latin1 = Encoding.Latin1.GetBytes("key,value\na,Größe\n");

        Assert.EndsWith("The file is in UTF-16 or UTF-32; save it as UTF-8.", (await Assert.ThrowsAsync<CacheSourceException>(async () => await Open(utf16))).Message);
        Assert.EndsWith("line 2, byte 5: This is not UTF-8; save the file as UTF-8.", (await Assert.ThrowsAsync<CacheSourceException>(async () => await Open(latin1))).Message);
    }

    [Theory]
    [InlineData('"')]
    [InlineData('\n')]
    [InlineData('\r')]
    [InlineData('\0')]
    [InlineData('ä')]
    public async Task Delimiter_ThatIsNone_IsRefused(char delimiter)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Open("key,value\n", delimiter: delimiter));
        Assert.Throws<ArgumentException>(() => new CsvRows(new MemoryStream("key"u8.ToArray()), "f", 100, delimiter));
    }

    [Fact]
    public async Task Defaults_AreKeyValueAndComma()
    {
        var path = Path.Combine(_folder, "d.csv");
        await File.WriteAllTextAsync(path, "key,value\na,1\n");
        await using var source = await CsvSource.OpenAsync(path);

        Assert.Equal(path, source.Name);
        Assert.Equal("a=1", await AllAsync(source));
    }
}
