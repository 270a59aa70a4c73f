using System.Text;

namespace Cistern.Tests;

/// <summary>What keys are called on the servers.</summary>
public sealed class KeyNameTests(SharedServers servers)
{
    [Theory]
    [InlineData("user:1")]
    [InlineData("a/b?c=*&d=[~]")]
    [InlineData("!")]
    public void NameOf_APlainKey_IsThePrefixAndTheKey(string key) => Assert.Equal("app:" + key, Name("app:", key));

    [Theory]
    [InlineData("", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData("a b", "yGh6CKpdbtIEQyj6aml6uOltw0KR6MIDSujDjm_MbWU")]
    [InlineData("~a", "jVZ57JTmWOHeMoQBOTyqkLNSzFvCi2o2AfOPf98d48s")]
    [InlineData("\u00e9", "SplVfkAzw1Od4utlRyAXytX5VX96BiWgnxw_biumnEw")]
    public void NameOf_AnOddKey_IsItsHash(string key, string hash) => Assert.Equal("app:~" + hash, Name("app:", key));

    [Fact]
    public void NameOf_OneCharacterTooLong_IsItsHash()
    {
        Assert.Equal("app:" + new string('k', 246), Name("app:", new string('k', 246)));
        Assert.Equal("app:~", Name("app:", new string('k', 247))[..5]);
        Assert.Equal("~O4BZxjeTmkg73Hvu8J8RtWZYG-bRTiUIOzBBt3cX3gI", Name("", new string('k', 251)));
    }

    [Fact]
    public void NameOf_TheLongestPrefix_FitsWithEveryKey()
    {
        var names = new KeyNames(new string('p', KeyNames.LongestPrefix));
        foreach (var key in new[] { "", new string('k', 44), new string('k', 45), new string('k', 60_000) }) Assert.InRange(names.NameOf(key).Length, 1, KeyNames.LongestName);
    }

    [Fact]
    public async Task Key_ThatLooksLikeAnothersHash_IsNotTakenForIt()
    {
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], SuiteOptions.Of());
        var lookalike = "~yGh6CKpdbtIEQyj6aml6uOltw0KR6MIDSujDjm_MbWU";
        await backend.SetStringAsync("a b", "odd");
        Assert.Null(await backend.GetStringAsync(lookalike));
        await backend.SetStringAsync(lookalike, "lookalike");
        Assert.Equal("odd", await backend.GetStringAsync("a b"));
        Assert.Equal(["a b", lookalike], (await ListAsync(backend)).Order(StringComparer.Ordinal));
        Assert.Equal(2, await backend.ClearAsync());
    }

    [Fact]
    public async Task Value_OfAnotherKeyUnderThisName_IsAMiss()
    {
        var options = SuiteOptions.Of();
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], options);
        foreach (var (mine, other) in new[] { ("mine", "other"), ("odd mine", "odd other") })
        {
            // As if two keys had one hash, or a reply had gone astray.
            await backend.SetStringAsync(other, "theirs");
            var stolen = await RawTalk.ReadAsync(servers.One, Name(options.Prefix, other));
            await RawTalk.StoreAsync(servers.One, Name(options.Prefix, mine), stolen!);
            Assert.Null(await backend.GetAsync(mine));
            Assert.False(await backend.ExistsAsync(mine));
            Assert.Empty(await backend.GetManyAsync([mine]));
        }

        Assert.Equal(["odd other", "other"], (await ListAsync(backend)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Backends_WithTheirOwnPrefixes_DoNotSeeEachOther()
    {
        await using var mine = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], SuiteOptions.Of());
        await using var other = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], SuiteOptions.Of());
        await mine.SetStringAsync("key", "mine");
        await other.SetStringAsync("key", "other");
        Assert.Equal(["key"], await ListAsync(mine));
        Assert.Equal(1, await mine.ClearAsync());
        Assert.Equal("other", await other.GetStringAsync("key"));
    }

    private static string Name(string prefix, string key) => Encoding.ASCII.GetString(new KeyNames(prefix).NameOf(key));

    private static async Task<List<string>> ListAsync(CacheBackend backend)
    {
        var keys = new List<string>();
        await foreach (var key in backend.KeysAsync()) keys.Add(key);
        return keys;
    }
}
