using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: which keys are legal, and that no two of them are ever taken for each other.</summary>
public abstract class KeyContract : LookupContract
{
    private protected KeyContract()
    {
    }

    [Fact]
    public async Task HostileKeys_AllAtOnce_KeepTheirOwnValues()
    {
        await StoreHostileKeysAsync();
        for (var i = 0; i < HostileKeys.All.Count; i++) Assert.True(await TextAsync(HostileKeys.All[i]) == $"value {i}", HostileKeys.Show(HostileKeys.All[i]));
    }

    [Fact]
    public async Task HostileKeys_AllAtOnce_AreListedAsTheyWereSet()
    {
        await StoreHostileKeysAsync();
        Assert.Equal(HostileKeys.All.Order(StringComparer.Ordinal), await KeysAsync());
    }

    [Fact]
    public async Task HostileKeys_EscapedAsPattern_ListOnlyThemselves()
    {
        await StoreHostileKeysAsync();
        foreach (var key in HostileKeys.All.Where(key => key.Length < 1_000))
        {
            Assert.True(await KeysAsync(KeyPattern.Escape(key)) is [var found] && found == key, HostileKeys.Show(key));
        }
    }

    [Fact]
    public async Task HostileKeys_GetEntry_NamesTheKey()
    {
        await StoreHostileKeysAsync();
        foreach (var key in HostileKeys.All) Assert.True((await EntryAsync(key)).Key == key, HostileKeys.Show(key));
    }

    [Fact]
    public async Task HostileKeys_DeletedOneByOne_LeaveTheOthers()
    {
        await StoreHostileKeysAsync();
        for (var i = 0; i < HostileKeys.All.Count; i++)
        {
            var key = HostileKeys.All[i];
            Assert.True(await Backend.DeleteAsync(key), HostileKeys.Show(key));
            Assert.False(await Backend.ExistsAsync(key), HostileKeys.Show(key));
            if (i + 1 < HostileKeys.All.Count) Assert.True(await Backend.ExistsAsync(HostileKeys.All[i + 1]), HostileKeys.Show(HostileKeys.All[i + 1]));
        }
    }

    [Fact]
    public async Task HostileKeys_InBatches_StayApart()
    {
        var requests = HostileKeys.All.Select((key, i) => new SetRequest(key, Bytes($"value {i}"))).ToList();
        Assert.All(await Backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        var found = await Backend.GetManyAsync(HostileKeys.All);
        Assert.Equal(HostileKeys.All.Count, found.Count);
        foreach (var request in requests) Assert.True(found[request.Key].AsSpan().SequenceEqual(request.Value.Span), HostileKeys.Show(request.Key));
        Assert.Equal(HostileKeys.All.Count, (await Backend.ExistsManyAsync(HostileKeys.All)).Count);
        Assert.Equal(HostileKeys.All.Count, await Backend.DeleteManyAsync(HostileKeys.All));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task HostileKeys_Tombstones_StayApart()
    {
        for (var i = 0; i < HostileKeys.All.Count; i++) await Backend.DeleteAsync(HostileKeys.All[i], 100 + i);
        for (var i = 0; i < HostileKeys.All.Count; i++)
        {
            Assert.True(await SetAsync(HostileKeys.All[i], "old", SetOptions.IfNewer(100 + i)) == SetOutcome.Superseded, HostileKeys.Show(HostileKeys.All[i]));
            Assert.True(await SetAsync(HostileKeys.All[i], "new", SetOptions.IfNewer(101 + i)) == SetOutcome.Stored, HostileKeys.Show(HostileKeys.All[i]));
        }
    }

    [Fact]
    public async Task IllegalKey_EveryMember_ThrowsAndChangesNothing()
    {
        await StoreAsync("other", "kept");
        foreach (var key in HostileKeys.Illegal)
        {
            foreach (var (member, call) in MemberCalls.OfKey(Backend, key))
            {
                var thrown = await Record.ExceptionAsync(call);
                Assert.True(thrown is ArgumentException, $"{member}({HostileKeys.Show(key)}): {thrown?.GetType().Name ?? "nothing"} was thrown.");
            }
        }

        Assert.Equal("kept", await TextAsync("other"));
        Assert.Equal(["other"], await KeysAsync());
    }

    [Fact]
    public async Task NullKey_EveryMember_ThrowsAndChangesNothing()
    {
        await StoreAsync("other", "kept");
        foreach (var (member, call) in MemberCalls.OfKey(Backend, null!))
        {
            var thrown = await Record.ExceptionAsync(call);
            Assert.True(thrown is ArgumentNullException, $"{member}: {thrown?.GetType().Name ?? "nothing"} was thrown.");
        }

        Assert.Equal("kept", await TextAsync("other"));
    }

    private async Task StoreHostileKeysAsync()
    {
        for (var i = 0; i < HostileKeys.All.Count; i++) await StoreAsync(HostileKeys.All[i], $"value {i}");
    }
}
