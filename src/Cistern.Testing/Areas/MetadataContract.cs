using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: strings kept beside a value.</summary>
public abstract class MetadataContract : SetContract
{
    private protected MetadataContract()
    {
    }

    private static Dictionary<string, string> Hostile { get; } = new()
    {
        [""] = "empty name",
        ["empty text"] = "",
        ["Name"] = "upper",
        ["name"] = "lower",
        ["caf\u00e9"] = "composed",
        ["cafe\u0301"] = "decomposed",
        ["\ud83d\ude00"] = "\ud83d\udc68\u200d\ud83d\udc69",
        ["line\r\nend"] = "a\tb\r\nc\u0001",
        ["quote\""] = "{\"a\":[1]}\\",
        ["nul"] = "a\0b",
        ["bidi"] = "\u202etxt",
        ["long"] = new string('x', 5_000),
    };

    [Fact]
    public async Task Metadata_HostileNamesAndTexts_ComeBackAsTheyWere()
    {
        await StoreAsync("key", "value", new SetOptions { Metadata = Hostile });
        Assert.Equal(Hostile, (await EntryAsync("key")).Metadata.ToDictionary());
    }

    [Fact]
    public async Task Metadata_Empty_IsNone()
    {
        await StoreAsync("key", "value", new SetOptions { Metadata = new Dictionary<string, string>() });
        Assert.Empty((await EntryAsync("key")).Metadata);
    }

    [Fact]
    public async Task Metadata_CallerChangesItsDictionary_EntryIsUnchanged()
    {
        var metadata = new Dictionary<string, string> { ["type"] = "text" };
        await StoreAsync("key", "value", new SetOptions { Metadata = metadata });
        metadata["type"] = "changed";
        metadata["more"] = "added";
        Assert.Equal("text", Assert.Single((await EntryAsync("key")).Metadata).Value);
    }

    [Fact]
    public async Task Metadata_Overwrite_ReplacesItWhole()
    {
        await StoreAsync("key", "value", new SetOptions { Metadata = new Dictionary<string, string> { ["first"] = "1", ["both"] = "1" } });
        await StoreAsync("key", "value", new SetOptions { Metadata = new Dictionary<string, string> { ["both"] = "2" } });
        Assert.Equal(new KeyValuePair<string, string>("both", "2"), Assert.Single((await EntryAsync("key")).Metadata));
    }

    [Fact]
    public async Task Metadata_SetInABatch_BelongsToItsOwnEntry()
    {
        await Backend.SetManyAsync(
        [
            new SetRequest("first", Bytes("1"), new SetOptions { Metadata = new Dictionary<string, string> { ["n"] = "1" } }),
            new SetRequest("plain", Bytes("2")),
            new SetRequest("second", Bytes("3"), new SetOptions { Metadata = new Dictionary<string, string> { ["n"] = "3" } }),
        ]);
        Assert.Equal("1", (await EntryAsync("first")).Metadata["n"]);
        Assert.Empty((await EntryAsync("plain")).Metadata);
        Assert.Equal("3", (await EntryAsync("second")).Metadata["n"]);
    }

    [Fact]
    public async Task Metadata_IsNoPartOfTheSize()
    {
        await StoreAsync("key", "value", new SetOptions { Metadata = Hostile });
        Assert.Equal(5, (await EntryAsync("key")).SizeBytes);
    }

    [Fact]
    public async Task Metadata_NullText_ThrowsAndChangesNothing() => await AssertRefusedAsync(new() { ["type"] = null! });

    [Fact]
    public async Task Metadata_LoneSurrogate_ThrowsAndChangesNothing()
    {
        await AssertRefusedAsync(new() { ["type"] = '\ud83d'.ToString() });
        await AssertRefusedAsync(new() { ['\ude00'.ToString()] = "text" });
    }

    private async Task AssertRefusedAsync(Dictionary<string, string> metadata)
    {
        await StoreAsync("key", "kept");
        await Assert.ThrowsAnyAsync<ArgumentException>(() => SetAsync("key", "other", new SetOptions { Metadata = metadata }));
        Assert.Equal("kept", await TextAsync("key"));
    }
}
