using System.Text;

namespace Cistern.Tests;

public sealed class JsonSourceTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ValueTask<JsonSource> Open(string json, Form form = Form.Held) => JsonSource.OpenAsync(_folder.Write("s.json", json), SourceReading.JsonOptions(form));

    [Theory]
    [EachForm]
    public async Task Values_FollowTheRule(Form form)
    {
        await using var source = await Open("""
            { "text": "Gr\u00f6\u00dfe \ud83d\ude00 \"q\"", "empty": "", "none": null, "number": 1.50e3, "yes": true, "no": false,
              "array": [1, { "a": null }],
              "object": { "x" : "\u00e4" }, "": "of the empty key" , "a\nb\u0041": "escaped", "Größe": "ü" }

            """, form);

        Assert.Equal(form != Form.Held, source.IsIndexed);
        Assert.Equal("""
            text=Größe 😀 "q" empty= number=1.50e3* yes=true* no=false* array=[1, { "a": null }]* object={ "x" : "\u00e4" }* =of the empty key
            """ + " a\nbA=escaped Größe=ü", await source.AllAsync(3));
        Assert.Equal("""Größe 😀 "q" """.TrimEnd(), await source.TextAsync("text"));
        Assert.Null(await source.TextAsync("none"));
        Assert.Null(await source.TextAsync("Text"));
        Assert.Null(await source.TextAsync("a\0b"));
        Assert.Equal("""{ "x" : "\u00e4" }""", await source.TextAsync("object"));
        Assert.Equal("of the empty key", await source.TextAsync(""));
        Assert.Equal("escaped", await source.TextAsync("a\nbA"));
    }

    [Theory]
    [EachForm]
    public async Task EmptyObject_IsAnEmptySource(Form form)
    {
        await using var source = await Open(" { } \n", form);

        Assert.Equal("", await source.AllAsync());
        Assert.Null(await source.TextAsync("a"));
    }

    [Theory]
    [EachForm]
    public async Task DuplicateKey_IsAnErrorAtItsLine(Form form)
    {
        var fault = await Open("{\"a\": 1,\n\"c\": 0, \"b\": null,\n  \"\\u0061\": 2,\n\"b\": 3}", form).FaultAsync();

        Assert.EndsWith("s.json: line 3, byte 3: This key appears twice; a key may appear once.", fault);
    }

    [Theory]
    [InlineData("", "line 1, byte 1: The JSON is cut off here.")]
    [InlineData(" \n ", "The JSON is cut off here.")]
    [InlineData("{", "line 1, byte 2: The JSON is cut off here.")]
    [InlineData("{\n\"SECRET\": \"SECRET", "The JSON is cut off here.")]
    [InlineData("{\"a\": 1,\n \"b\": [1, 2", "line 2, byte 12: The JSON is cut off here.")]
    [InlineData("{\"a\": 1,\n \"b\": 2\n", "The JSON is cut off here.")]
    [InlineData("{\"a\": tr", "The JSON is cut off here.")]
    [InlineData("{\"a\": 1} x", "line 1, byte 10: This is not valid JSON (RFC 8259).")]
    [InlineData("{\"a\": 1}\n{}", "line 2, byte 1: This is not valid JSON (RFC 8259).")]
    [InlineData("{\"a\": 1,\n\"b\": SECRET}", "line 2, byte 6: This is not valid JSON (RFC 8259).")]
    [InlineData("{\"a\": truSECRET}", "This is not valid JSON (RFC 8259).")]
    [InlineData("{\"a\": NaN}", "line 1, byte 7: This is not valid JSON (RFC 8259).")]
    [InlineData("{\"a\": 1,}", "line 1, byte 9: This is not valid JSON (RFC 8259).")]
    [InlineData("{a: 1}", "line 1, byte 2: This is not valid JSON (RFC 8259).")]
    [InlineData("{\"a\": 1 /* SECRET */}", "line 1, byte 9: This is not valid JSON (RFC 8259).")]
    [InlineData("[1]", "line 1, byte 1: The file must hold one JSON object, whose properties are the entries.")]
    [InlineData("\n\"SECRET\"", "line 2, byte 1: The file must hold one JSON object, whose properties are the entries.")]
    [InlineData("null", "line 1, byte 1: The file must hold one JSON object, whose properties are the entries.")]
    [InlineData("{\"a\\u0000b\": 1}", "line 1, byte 2: A key must not contain NUL (U+0000).")]
    [InlineData("{\n \"a\\ud800b\": 1}", "line 2, byte 2: A string has half of a surrogate pair, which UTF-8 cannot hold; both halves are needed.")]
    [InlineData("{\"a\": \"SECRET \\udc00\"}", "line 1, byte 7: A string has half of a surrogate pair, which UTF-8 cannot hold; both halves are needed.")]
    public async Task BadContent_IsAnErrorAtItsPlace(string json, string fault)
    {
        foreach (var form in Enum.GetValues<Form>())
        {
            var path = Path.Combine(_folder.Path, "s.json");
            var message = await Open(json, form).FaultAsync();
            Assert.StartsWith($"{path}: line ", message);
            Assert.EndsWith(fault, message);
        }
    }

    [Fact]
    public async Task Depth_UpTo64_IsAllowed()
    {
        static string Nested(int levels) => "{\"a\":" + new string('[', levels - 1) + new string(']', levels - 1) + "}";
        await using var source = await Open(Nested(64));

        Assert.Equal(new string('[', 63) + new string(']', 63), await source.TextAsync("a"));
        Assert.Contains("nested too deeply; at most 64 levels", await Open(Nested(65)).FaultAsync());
    }

    [Fact]
    public async Task Key_TooLong_IsAnError()
    {
        Assert.Contains("A key must have at most 65536 bytes of UTF-8; this one has 65537.", await Open($"{{\"{new string('k', 65537)}\": 1}}").FaultAsync());
        await using var source = await Open($"{{\"{new string('k', 65536)}\": 1}}");
        Assert.Equal("1", await source.TextAsync(new string('k', 65536)));
    }

    [Theory]
    [EachForm]
    public async Task ValuesAcrossBuffers_AreWhole(Form form)
    {
        var texts = Enumerable.Range(0, 40).ToDictionary(i => $"k{i}", i => new string((char)('a' + (i % 26)), i * 9973));
        var json = new StringBuilder("{");
        foreach (var (key, text) in texts) json.Append(json.Length > 1 ? ",\n" : "").Append($"\"{key}\": \"{text}\"");
        await using var source = await Open(json.Append('}').ToString(), form);

        foreach (var (key, text) in texts) Assert.Equal(text, await source.TextAsync(key));
    }

    [Fact]
    public async Task FaultBehindTheFirstBuffer_IsAtItsPlace()
    {
        var json = "{\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"\"k{i}\": {i},\n")) + "   \"bad\": ?}";

        Assert.EndsWith("line 20002, byte 11: This is not valid JSON (RFC 8259).", await Open(json).FaultAsync());
    }
}
