namespace Cistern.Tests;

public sealed class JsonLinesSourceTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ValueTask<JsonLinesSource> Open(string lines, Form form = Form.Held, string key = "key", string? value = "value") =>
        JsonLinesSource.OpenAsync(_folder.Write("s.jsonl", lines), SourceReading.LinesOptions(form, key, value));

    [Theory]
    [EachForm]
    public async Task Values_FollowTheRule(Form form)
    {
        await using var source = await Open("""
            {"key":"text","value":"Gr\u00f6\u00dfe","extra":[1,{"key":"inner"}]}

               {"value": {"x": 1}, "key": "object"}
            {"k\u0065y":"escaped","value":[ ]}
            {"key":"none","value":null}
            {"key":"number","value":7}
            """, form);

        Assert.Equal("text=Größe object={\"x\": 1}* escaped=[ ]* number=7*", await source.AllAsync());
        Assert.Equal("Größe", await source.TextAsync("text"));
        Assert.Null(await source.TextAsync("none"));
        Assert.Null(await source.TextAsync("inner"));
    }

    [Theory]
    [EachForm]
    public async Task Duplicates_TheLastWinsInItsOwnPlace(Form form)
    {
        await using var source = await Open("""
            {"key":"a","value":"1"}
            {"key":"b","value":"2"}
            {"key":"c","value":"3"}
            {"key":"a","value":"4"}
            {"key":"b","value":null}
            {"key":"d","value":null}
            {"key":"d","value":"5"}
            {"key":"a","value":"6"}
            """, form);

        Assert.Equal("c=3 d=5 a=6", await source.AllAsync());
        Assert.Equal("6", await source.TextAsync("a"));
        Assert.Null(await source.TextAsync("b"));
        Assert.Equal("5", await source.TextAsync("d"));
    }

    [Theory]
    [EachForm]
    public async Task WholeObject_IsTheLineTrimmed(Form form)
    {
        await using var source = await Open("  {\"id\": \"a\", \"n\": 1} \t\r\n{\"n\":2,\"id\":\"b\"}", form, key: "id", value: null);

        Assert.Equal("a={\"id\": \"a\", \"n\": 1}* b={\"n\":2,\"id\":\"b\"}*", await source.AllAsync());
    }

    [Theory]
    [EachForm]
    public async Task KeyAndValueOfOneField_AreTheSame(Form form)
    {
        await using var source = await Open("""{"sku":"a"}""", form, key: "sku", value: "sku");

        Assert.Equal("a=a", await source.AllAsync());
    }

    [Theory]
    [EachForm]
    public async Task EmptyFile_IsAnEmptySource(Form form)
    {
        await using var empty = await Open("", form);
        await using var blank = await Open("\n \t\r\n\n", form);

        Assert.Equal("", await empty.AllAsync());
        Assert.Equal("", await blank.AllAsync());
        Assert.Null(await empty.TextAsync("a"));
    }

    [Theory]
    [EachForm]
    public async Task Positions_CountRecords_WhateverTheForm(Form form)
    {
        await using var source = await Open("""
            {"key":"a","value":"1"}
            {"key":"b","value":null}
            {"key":"a","value":"2"}
            {"key":"c","value":"3"}
            """, form);
        var first = await source.ReadPageAsync(SourcePosition.Start, 1, CancellationToken.None);
        var second = await source.ReadPageAsync(first.Next, 9, CancellationToken.None);
        var third = await source.ReadPageAsync(second.Next, 9, CancellationToken.None);

        Assert.Equal("3", first.Next.Token);
        Assert.Equal("c", Assert.Single(second.Entries).Key);
        Assert.Equal("4", second.Next.Token);
        Assert.Empty(third.Entries);
        Assert.Equal("4", third.Next.Token);
    }

    [Theory]
    [EachForm]
    public async Task Position_SurvivesLinesAddedAtTheEnd(Form form)
    {
        await using var before = await Open("{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n{\"key\":\"c\",\"value\":\"3\"}\n", form);
        var page = await before.ReadPageAsync(SourcePosition.Start, 2, CancellationToken.None);
        await using var after = await Open("{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n{\"key\":\"c\",\"value\":\"3\"}\n{\"key\":\"a\",\"value\":\"4\"}\n", form);

        Assert.Equal(["c", "a"], (await after.ReadPageAsync(page.Next, 9, CancellationToken.None)).Entries.Select(entry => entry.Key));
    }

    [Theory]
    [InlineData("[1]", "line 1, byte 1: A line must hold one JSON object.")]
    [InlineData("\n\nnull", "line 3, byte 1: A line must hold one JSON object.")]
    [InlineData("{\"key\":\"a\",\"value\":1}\n {\"key\":\"a\"", "line 2, byte 12: The JSON is cut off here.")]
    [InlineData("{\"key\":\"a\",\"value\":1} {}", "line 1, byte 23: This is not valid JSON (RFC 8259).")]
    [InlineData("{\"key\":\"a\",\n\"value\":1}", "line 1, byte 11: The JSON is cut off here.")]
    [InlineData("{\"key\":\"a\",\"value\":SECRET}", "line 1, byte 20: This is not valid JSON (RFC 8259).")]
    [InlineData("{\"Key\":\"a\",\"value\":1}", "line 1, byte 1: The object has no field \"key\", which holds the key.")]
    [InlineData("{\"key\":\"a\",\"val\":1}", "line 1, byte 1: The object has no field \"value\", which holds the value.")]
    [InlineData("  {\"key\": 12345,\"value\":1}", "line 1, byte 11: The field \"key\" holds the key and must be a string.")]
    [InlineData("{\"key\":\"a\",\"value\":1,\"key\":\"b\"}", "line 1, byte 22: The field \"key\" appears twice; it may appear once.")]
    [InlineData("{\"key\":\"a\",\"value\":1,\"value\":2}", "line 1, byte 22: The field \"value\" appears twice; it may appear once.")]
    [InlineData("{\"key\":\"a\\u0000\",\"value\":1}", "line 1, byte 1: A key must not contain NUL (U+0000).")]
    [InlineData("{\"key\":\"\\ud800\",\"value\":1}", "line 1, byte 8: A string has half of a surrogate pair, which UTF-8 cannot hold; both halves are needed.")]
    [InlineData("{\"key\":\"a\",\"value\":\"\\ud800\"}", "line 1, byte 20: A string has half of a surrogate pair, which UTF-8 cannot hold; both halves are needed.")]
    [InlineData("{\"key\":\"a\",\"value\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "The JSON is nested too deeply; at most 64 levels are allowed.")]
    public async Task BadLine_IsAnErrorAtItsPlace(string lines, string fault)
    {
        foreach (var form in Enum.GetValues<Form>()) Assert.EndsWith(fault, await Open(lines, form).FaultAsync());
    }

    [Fact]
    public async Task LoneSurrogateInAFieldName_IsAnErrorOrIgnored_NeverACrash()
    {
        var fault = await Open("{\"\\ud800\":1,\"key\":\"a\",\"value\":\"1\"}").AsTask().ContinueWith(opening => opening.Exception?.InnerException, TaskScheduler.Default);

        Assert.True(fault is null or CacheSourceException);
    }
}
