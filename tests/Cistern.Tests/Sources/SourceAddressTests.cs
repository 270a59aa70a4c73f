namespace Cistern.Tests;

public sealed class SourceAddressTests
{
    [Theory]
    [InlineData("a/b.json", SourceAddress.JsonScheme, "a/b.json")]
    [InlineData("b.JSONL", SourceAddress.JsonLinesScheme, "b.JSONL")]
    [InlineData("b.ndjson", SourceAddress.JsonLinesScheme, "b.ndjson")]
    [InlineData("b.csv", SourceAddress.CsvScheme, "b.csv")]
    [InlineData("what?.json", SourceAddress.JsonScheme, "what?.json")]
    [InlineData("./data:2024.csv", SourceAddress.CsvScheme, "./data:2024.csv")]
    [InlineData("C:/data.csv", SourceAddress.CsvScheme, "C:/data.csv")]
    [InlineData("json:data", SourceAddress.JsonScheme, "data")]
    [InlineData("JSON:data", SourceAddress.JsonScheme, "data")]
    [InlineData("jsonl:data:2024.txt", SourceAddress.JsonLinesScheme, "data:2024.txt")]
    [InlineData("csv:a?b.txt?", SourceAddress.CsvScheme, "a?b.txt")]
    public void Parse_TellsFormatAndPath(string text, string scheme, string path)
    {
        var address = SourceAddress.Parse(text);

        Assert.Equal(scheme, address.Scheme);
        Assert.Equal(path, address.Path);
        Assert.Equal($"{scheme}:{path}", address.ToString());
        Assert.Equal("key", address.KeyField);
        Assert.Equal("value", address.ValueField);
        Assert.Equal(',', address.Delimiter);
    }

    [Fact]
    public void Parse_TakesOptions()
    {
        var lines = SourceAddress.Parse("jsonl:a.txt?key=my%20id&value=*");
        var csv = SourceAddress.Parse("csv:a.txt?delimiter=;&key=sku&value=price");

        Assert.Equal("my id", lines.KeyField);
        Assert.Null(lines.ValueField);
        Assert.Equal("sku", csv.KeyField);
        Assert.Equal("price", csv.ValueField);
        Assert.Equal(';', csv.Delimiter);
        Assert.Equal('\t', SourceAddress.Parse("csv:a?delimiter=tab").Delimiter);
        Assert.Equal('\t', SourceAddress.Parse("csv:a?delimiter=%09").Delimiter);
    }

    [Theory]
    [InlineData("jsnl:a", "\"jsnl:\" is not a kind of source; json:, jsonl:, csv: are. Did you mean \"jsonl\"?")]
    [InlineData("postgres:a", "\"postgres:\" is not a kind of source; json:, jsonl:, csv: are.")]
    [InlineData("a.jsn", "\"a.jsn\" does not tell its format; end it in .json, .jsonl, .ndjson, .csv, or write json:PATH, jsonl:PATH or csv:PATH. Did you mean \".json\"?")]
    [InlineData("", "\"\" does not tell its format; end it in .json, .jsonl, .ndjson, .csv, or write json:PATH, jsonl:PATH or csv:PATH.")]
    [InlineData("json:", "\"json:\" names no file; json:PATH is needed.")]
    [InlineData("csv:?key=a", "\"csv:?key=a\" names no file; csv:PATH is needed.")]
    [InlineData("csv:a?delimeter=;", "\"delimeter\" is not an option of csv:; key, value, delimiter are. Did you mean \"delimiter\"?")]
    [InlineData("json:a?key=b", "\"key\" is not an option of json:; it has none.")]
    [InlineData("csv:a?key", "The option \"key\" has no value; key=VALUE is needed.")]
    [InlineData("csv:a?key=a&key=b", "The option \"key\" appears twice; it may appear once.")]
    [InlineData("csv:a?delimiter=ab", "\"delimiter\" must be one character of ASCII, not a quote and not a line end, or the word tab.")]
    [InlineData("csv:a?delimiter=%22", "\"delimiter\" must be one character of ASCII, not a quote and not a line end, or the word tab.")]
    [InlineData("csv:a?delimiter=ä", "\"delimiter\" must be one character of ASCII, not a quote and not a line end, or the word tab.")]
    public void Parse_BadAddress_SaysWhatIsAllowed(string text, string fault)
    {
        Assert.Equal(fault, Assert.Throws<FormatException>(() => SourceAddress.Parse(text)).Message);
    }

    [Fact]
    public void Parse_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => SourceAddress.Parse(null!));
    }

    [Fact]
    public void WithBaseFolder_MovesRelativePathsOnly()
    {
        var folder = Path.Combine(Path.GetTempPath(), "x");
        var full = Path.Combine(Path.GetTempPath(), "y.csv");
        var moved = SourceAddress.Parse("csv:a/b.txt?key=id&value=*&delimiter=;").WithBaseFolder(folder);

        Assert.Equal(Path.Combine(folder, "a/b.txt"), moved.Path);
        Assert.Equal(("id", null, ';'), (moved.KeyField, moved.ValueField, moved.Delimiter));
        Assert.Equal(full, SourceAddress.Parse(full).WithBaseFolder(folder).Path);
    }
}
