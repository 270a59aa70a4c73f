using System.Security.Cryptography;

namespace Cistern.Tests;

/// <summary>Rows, and two backends over them.</summary>
public sealed class RowTests(DatabaseServer server) : PostgreSqlTest(server)
{
    private static readonly string[] Texts =
    [
        "'; DROP TABLE entries; --", "\" OR 1=1 --", "x' UNION SELECT value FROM entries --", "$1", "@key", ":key", "{0}", "%", "_", "\\'", "E'\\\\'", "key\n; DELETE FROM entries;", "/*", "*/", "\\x00", "NULL",
    ];

    [Fact]
    public async Task TwoBackends_OnOneTable_SeeTheSame()
    {
        await using var one = await OpenAsync();
        await using var other = await OpenAsync();
        await one.SetStringAsync("key", "value");
        Assert.Equal("value", await other.GetStringAsync("key"));
        await other.SetManyAsync([new SetRequest("more", Bytes("x"), SetOptions.IfNewer(5))]);
        Assert.Equal(SetOutcome.Superseded, await one.SetAsync("more", Bytes("late"), SetOptions.IfNewer(4)));
        Assert.True(await one.DeleteAsync("more", 6));
        Assert.Equal(SetOutcome.Superseded, await other.SetAsync("more", Bytes("late"), SetOptions.IfNewer(6)));
        Assert.Equal(["key"], await other.KeysAsync().ToListAsync());
        Assert.Equal(1, await other.ClearAsync());
        Assert.Equal(0, (await one.GetStatsAsync()).CurrentEntries);
    }

    [Fact]
    public async Task Disposed_AndOpenedAgain_EverythingIsThere()
    {
        await using (var first = await OpenAsync()) await first.SetAsync("key", Bytes("value"), new SetOptions { Metadata = new Dictionary<string, string> { ["type"] = "text" } });
        await using var second = await OpenAsync();
        Assert.Equal("text", (await second.GetEntryAsync("key"))!.Metadata["type"]);
    }

    // No two keys have one hash, as far as anybody knows: this row is somebody's doing.
    [Fact]
    public async Task RowOfAnotherKey_UnderAKeysHash_IsAMissEverywhere()
    {
        await using var backend = await OpenAsync();
        await WriteOtherRowAsync();
        Assert.Null(await backend.GetAsync("key"));
        Assert.Null(await backend.GetEntryAsync("key"));
        Assert.False(await backend.ExistsAsync("key"));
        Assert.Empty(await backend.GetManyAsync(["key", "other"]));
        Assert.Empty(await backend.ExistsManyAsync(["key", "other"]));
        Assert.Empty(await backend.KeysAsync().ToListAsync());
        Assert.False(await backend.TouchAsync("key", TimeSpan.FromHours(1)));
        Assert.False(await backend.DeleteAsync("key"));
        Assert.Equal(0, await backend.DeleteManyAsync(["key"]));
        Assert.Equal(1, await CountRowsAsync());
    }

    [Fact]
    public async Task RowOfAnotherKey_UnderAKeysHash_StandsInNoOnesWay()
    {
        await using var backend = await OpenAsync();
        SetRequest[] sets = [new("key", Bytes("plain")), new("key", Bytes("absent"), new SetOptions { Condition = SetCondition.IfAbsent }), new("key", Bytes("version"), SetOptions.IfNewer(1))];
        foreach (var set in sets)
        {
            await WriteOtherRowAsync();
            Assert.Equal(SetOutcome.Stored, await backend.SetAsync(set.Key, set.Value, set.Options));
            Assert.Equal(set.Value.ToArray(), await backend.GetAsync("key"));
            await WriteOtherRowAsync();
            Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([set]));
            Assert.Equal(set.Value.ToArray(), await backend.GetAsync("key"));
        }

        await WriteOtherRowAsync();
        Assert.False(await backend.DeleteAsync("key", 5));
        Assert.Equal(SetOutcome.Superseded, await backend.SetAsync("key", Bytes("late"), SetOptions.IfNewer(5)));
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(64 * 1024)]
    public async Task LongKeys_BeyondAnIndexEntry_AreKeysLikeOthers(int bytes)
    {
        await using var backend = await OpenAsync();
        var noise = Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
        var (key, other) = (noise[..bytes], noise[..(bytes - 1)] + "*");
        await backend.SetStringAsync(key, "value");
        await backend.SetManyAsync([new SetRequest(other, Bytes("other"))]);
        Assert.Equal("value", await backend.GetStringAsync(key));
        Assert.Equal(2, (await backend.GetManyAsync([key, other])).Count);
        Assert.Equal(new[] { key, other }.Order(StringComparer.Ordinal), (await backend.KeysAsync().ToListAsync()).Order(StringComparer.Ordinal));
        Assert.Equal([key], await backend.KeysAsync(KeyPattern.Escape(key)).ToListAsync());
        Assert.Equal(2, await backend.DeleteManyAsync([key, other]));
    }

    [Fact]
    public async Task Sql_InKeysValuesAndMetadata_IsText()
    {
        await using var backend = await OpenAsync();
        foreach (var text in Texts) await backend.SetAsync(text, Bytes(text), new SetOptions { Metadata = new Dictionary<string, string> { [text] = text } });
        foreach (var text in Texts)
        {
            Assert.Equal(text, await backend.GetStringAsync(text));
            Assert.Equal(text, (await backend.GetEntryAsync(text))!.Metadata[text]);
            Assert.Equal([text], await backend.KeysAsync(KeyPattern.Escape(text)).ToListAsync());
        }

        Assert.Equal(Texts.Length, (await backend.GetManyAsync(Texts)).Count);
        Assert.Equal(Texts.Length, await backend.DeleteManyAsync(Texts));
    }

    [Fact]
    public async Task Sql_InTheTablesName_IsItsName()
    {
        foreach (var text in Texts.Append("a.b").Append("Ünï"))
        {
            var name = $"{text} {Table}";
            await using (var backend = await PostgreSqlBackend.OpenAsync(Server.ConnectionString, new PostgreSqlBackendOptions { Table = name }))
            {
                await backend.SetStringAsync("key", text);
                Assert.Equal(SetOutcome.AlreadyCurrent, (await backend.SetManyAsync([new("v", Bytes("1"), SetOptions.IfNewer(1)), new("v", Bytes("1"), SetOptions.IfNewer(1))]))[1]);
                Assert.Equal(text, await backend.GetStringAsync("key"));
            }

            Assert.Equal(1L, await RunAsync("SELECT count(*) FROM pg_class WHERE relname = $1", name));
        }
    }

    [Fact]
    public async Task Rows_ThatNobodyCanAskFor_AreNotListed()
    {
        await using var backend = await OpenAsync();
        await backend.SetStringAsync("key", "value");
        foreach (var key in new byte[][] { [0xff], [0], [0xed, 0xa0, 0x80], new byte[70_000] })
        {
            await RunAsync($"INSERT INTO {Quoted} (key_hash, key, created_at, value) VALUES ($1, $2, 0, $2)", SHA256.HashData(key), key);
        }

        Assert.Equal(["key"], await backend.KeysAsync().ToListAsync());
    }

    [Fact]
    public async Task Keys_WithAPrefix_AreFoundAmongManyOthersOverSeveralPages()
    {
        await using var backend = await OpenAsync();
        var keys = Enumerable.Range(0, 5_200).Select(i => $"{(char)('a' + i % 26)}:é{i}").ToList();
        await backend.SetManyAsync(keys.Select(key => new SetRequest(key, Bytes("x"))));
        Assert.Equal(keys.Where(key => key.StartsWith("m:é", StringComparison.Ordinal)).Order(StringComparer.Ordinal), (await backend.KeysAsync("m:é*").ToListAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(["z:é25"], await backend.KeysAsync("z:é25").ToListAsync());
        Assert.Equal(5_200, (await backend.KeysAsync().ToListAsync()).Distinct().Count());
        Assert.Equal(5_200, await backend.ClearAsync());
        Assert.Equal(0, await CountRowsAsync());
    }

    [Fact]
    public async Task MaxValue_OneByteMore_IsTooLarge()
    {
        await using var backend = await OpenAsync(new PostgreSqlBackendOptions { MaxValueBytes = 3 });
        Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync("key", Bytes("1234")));
        Assert.Equal([SetOutcome.TooLarge, SetOutcome.Stored], await backend.SetManyAsync([new("key", Bytes("1234")), new("key", Bytes("123"))]));
        Assert.Equal(3, backend.Capabilities.MaxValueBytes);
    }

    private async Task WriteOtherRowAsync()
    {
        await RunAsync($"DELETE FROM {Quoted}");
        await RunAsync(
            $"INSERT INTO {Quoted} (key_hash, key, version, created_at, value) VALUES ($1, $2, 99, $3, $4)", SHA256.HashData(Bytes("key")), Bytes("other"), Now, Bytes("another's"));
    }
}
