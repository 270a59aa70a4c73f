using System.Text;

namespace Cistern.Tests;

/// <summary>What others stored under our names, what a later version may store, and what was damaged: misses, never values.</summary>
public sealed class EnvelopeTests(SharedServers servers) : IAsyncLifetime
{
    private readonly MemcachedBackendOptions _options = SuiteOptions.Of();
    private MemcachedBackend _backend = null!;

    private string Name => _options.Prefix + "key";

    public async ValueTask InitializeAsync() => _backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], _options);

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("plain text of another program, long enough to be anything at all")]
    [InlineData("{\"json\":true}")]
    [InlineData("\u00c1")]
    [InlineData("\u00c1\0\0\0\0\0\0\0\0\0\0\0\0\0value")]
    [InlineData("\u00c1\u00ff\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000cvalue and more of it so that all the parts would have room here")]
    public async Task Value_OfAnotherProgram_IsAMiss(string value)
    {
        await RawTalk.StoreAsync(servers.One, Name, Encoding.Latin1.GetBytes(value));
        await AssertMissAsync();
        Assert.Equal(0, await _backend.ClearAsync());
        Assert.NotNull(await RawTalk.ReadAsync(servers.One, Name));

        // And makes room for ours, whatever the condition.
        Assert.Equal(SetOutcome.Stored, await _backend.SetAsync("key", "ours"u8.ToArray(), new SetOptions { Condition = SetCondition.IfAbsent }));
        Assert.Equal("ours", await _backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task Value_OfAnotherProgram_IsDeletedButNotCounted()
    {
        await RawTalk.StoreAsync(servers.One, Name, "foreign"u8.ToArray());
        Assert.False(await _backend.DeleteAsync("key"));
        Assert.Null(await RawTalk.ReadAsync(servers.One, Name));
    }

    [Fact]
    public async Task Entry_OfALaterFormat_IsAMiss()
    {
        var entry = await StoreAsync();
        entry[0]++;
        await RawTalk.StoreAsync(servers.One, Name, entry);
        await AssertMissAsync();
    }

    [Fact]
    public async Task Entry_CutAnywhere_IsAMiss()
    {
        var entry = await StoreAsync();
        for (var length = 0; length < entry.Length; length++)
        {
            await RawTalk.StoreAsync(servers.One, Name, entry[..length]);
            Assert.True(await _backend.GetAsync("key") is null, $"Cut to {length} bytes.");
            Assert.True(await _backend.GetEntryAsync("key") is null, $"Cut to {length} bytes.");
        }
    }

    [Fact]
    public async Task Entry_AnyBitOfItsHeaderTurned_IsAMiss()
    {
        var entry = await StoreAsync();
        for (var bit = 0; bit < (entry.Length - "value".Length) * 8; bit++)
        {
            entry[bit / 8] ^= (byte)(1 << (bit % 8));
            await RawTalk.StoreAsync(servers.One, Name, entry);
            Assert.True(await _backend.GetEntryAsync("key") is null, $"Bit {bit}.");
            entry[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        await RawTalk.StoreAsync(servers.One, Name, entry);
        Assert.Equal("value", await _backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task PlainEntry_HasFourteenBytesBesideItsValue()
    {
        await _backend.SetStringAsync("key", "value");
        Assert.Equal(14 + 5, (await RawTalk.ReadAsync(servers.One, Name))!.Length);
    }

    private async Task<byte[]> StoreAsync()
    {
        await _backend.SetAsync("key", "value"u8.ToArray(), SetOptions.IfNewer(7) with { TimeToLive = TimeSpan.FromHours(1), Metadata = new Dictionary<string, string> { ["a"] = "b" } });
        return (await RawTalk.ReadAsync(servers.One, Name))!;
    }

    private async Task AssertMissAsync()
    {
        Assert.Null(await _backend.GetAsync("key"));
        Assert.Null(await _backend.GetEntryAsync("key"));
        Assert.False(await _backend.ExistsAsync("key"));
        Assert.Empty(await _backend.GetManyAsync(["key"]));
        Assert.False(await _backend.TouchAsync("key", TimeSpan.FromHours(1)));
        await foreach (var _ in _backend.KeysAsync()) Assert.Fail("It was listed.");
    }
}
