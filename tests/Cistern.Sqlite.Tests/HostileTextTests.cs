namespace Cistern.Tests;

/// <summary>SQL in keys, values, metadata and patterns is text like any other.</summary>
public sealed class HostileTextTests : SqliteTest
{
    private static readonly string[] Texts =
    [
        "'; DROP TABLE entries; --", "\" OR 1=1 --", "x' UNION SELECT value FROM entries --", "?1", ":key", "@key", "$key", "%", "_", "\\'", "key\n; DELETE FROM entries;", "/*", "*/", "\u001b]0;title\u0007",
    ];

    [Fact]
    public async Task Keys_OfSql_AreKeys()
    {
        using var backend = Open();
        foreach (var text in Texts) backend.Set(text, Bytes(text), new SetOptions { Metadata = new Dictionary<string, string> { [text] = text } });
        foreach (var text in Texts)
        {
            Assert.Equal(text, Text(backend, text));
            Assert.Equal(text, (await backend.GetEntryAsync(text))!.Metadata[text]);
        }

        Assert.Equal(Texts.Length, (await backend.GetManyAsync(Texts)).Count);
        Assert.Equal(Texts.Length, await backend.DeleteManyAsync(Texts));
        Assert.True(SqliteBackend.Verify(DatabasePath).IsSound);
    }

    [Fact]
    public async Task Patterns_OfSql_MatchOnlyThemselves()
    {
        using var backend = Open();
        foreach (var text in Texts) backend.Set(text, Bytes(text));
        foreach (var text in Texts) Assert.Equal([text], await backend.KeysAsync(KeyPattern.Escape(text)).ToListAsync());
        Assert.Equal(["%"], await backend.KeysAsync("%").ToListAsync());
        Assert.Empty(await backend.KeysAsync("%*' OR '1'='1").ToListAsync());
        Assert.Equal(Texts.Length, (await backend.KeysAsync().ToListAsync()).Count);
    }

    [Fact]
    public async Task Patterns_WithAPrefix_FindItsKeysAmongManyOthers()
    {
        using var backend = Open();
        var keys = Enumerable.Range(0, 1_000).Select(i => $"{(char)('a' + i % 26)}:é{i}").ToList();
        await backend.SetManyAsync(keys.Select(key => new SetRequest(key, Bytes("x"))));
        Assert.Equal(keys.Where(key => key.StartsWith("m:é", StringComparison.Ordinal)).Order(), (await backend.KeysAsync("m:é*").ToListAsync()).Order());
        Assert.Equal(["z:é25"], await backend.KeysAsync("z:é25").ToListAsync());
        Assert.Empty(await backend.KeysAsync("\uffff*").ToListAsync());
    }
}
