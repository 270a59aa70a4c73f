using System.Buffers;
using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: the synchronous face, where there is one, is the same backend with the same rules and counters.</summary>
public abstract class SyncFaceContract : VersionRaceContract
{
    private protected SyncFaceContract()
    {
    }

    private protected ISyncCacheBackend Sync
    {
        get
        {
            if (Backend is not ISyncCacheBackend) Assert.Skip("The backend has no synchronous face.");
            return (ISyncCacheBackend)Backend;
        }
    }

    [Fact]
    public async Task Sync_Set_IsSeenByBothFaces()
    {
        Assert.Equal(SetOutcome.Stored, Sync.Set("key", Bytes("value"), Lasting(100)));
        Assert.Equal(SetOutcome.Stored, Sync.Set("sequence", Segments.Of(Bytes("two "), Bytes("parts"))));
        Assert.Equal("value", await TextAsync("key"));
        Assert.Equal("two parts", await TextAsync("sequence"));
        var value = Sync.Get("key");
        Assert.Equal(Bytes("value"), value);
        Assert.Equal(StartedAt.AddMilliseconds(100), (await EntryAsync("key")).ExpiresAt);
    }

    [Fact]
    public async Task Sync_RefusedSets_AreTheSameOutcomesAndChangeNothing()
    {
        await StoreAsync("key", "kept", SetOptions.IfNewer(5));
        var before = await EntryAsync("key");
        Assert.Equal(SetOutcome.Present, Sync.Set("key", Bytes("lost"), IfAbsent));
        Assert.Equal(SetOutcome.Superseded, Sync.Set("key", Bytes("lost"), SetOptions.IfNewer(4)));
        Assert.Equal(SetOutcome.AlreadyCurrent, Sync.Set("key", Bytes("lost"), SetOptions.IfNewer(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sync.Set("key", Bytes("lost"), new SetOptions { TimeToLive = TimeSpan.Zero }));
        await AssertUnchangedAsync(before);
    }

    [Fact]
    public void Sync_TryGetIntoASpan_CopiesAndSaysTheLength()
    {
        Sync.Set("key", Bytes("value"));
        var destination = Bytes("........");
        Assert.Equal(LookupOutcome.Hit, Sync.TryGet("key", destination, out var length));
        Assert.Equal(5, length);
        Assert.Equal(Bytes("value..."), destination);
    }

    [Fact]
    public void Sync_TryGetIntoASpanOfExactlyThatLength_IsAHit()
    {
        Sync.Set("key", Bytes("value"));
        Assert.Equal(LookupOutcome.Hit, Sync.TryGet("key", new byte[5], out var length));
        Assert.Equal(5, length);
        Sync.Set("empty", Array.Empty<byte>());
        Assert.Equal(LookupOutcome.Hit, Sync.TryGet("empty", [], out length));
        Assert.Equal(0, length);
    }

    [Fact]
    public async Task Sync_TryGetIntoAShortSpan_SaysTheLengthAndCopiesNothing()
    {
        Sync.Set("key", Bytes("value"));
        var destination = Bytes("....");
        Assert.Equal(LookupOutcome.DestinationTooSmall, Sync.TryGet("key", destination, out var length));
        Assert.Equal(5, length);
        Assert.Equal(Bytes("...."), destination);
        await AssertCountedAsync(hits: 1, misses: 0, sets: 1, deletes: 0);
    }

    [Fact]
    public void Sync_TryGetMiss_LeavesTheDestinationUntouched()
    {
        var destination = Bytes("....");
        Assert.Equal(LookupOutcome.Miss, Sync.TryGet("key", destination, out var length));
        Assert.Equal(0, length);
        Assert.Equal(Bytes("...."), destination);
        var buffer = new ArrayBufferWriter<byte>();
        Assert.False(Sync.TryGet("key", buffer));
        Assert.Equal(0, buffer.WrittenCount);
    }

    [Fact]
    public void Sync_TryGetIntoABuffer_Appends()
    {
        Sync.Set("key", Bytes("value"));
        var buffer = new ArrayBufferWriter<byte>();
        Assert.True(Sync.TryGet("key", buffer));
        Assert.True(Sync.TryGet("key", buffer));
        Assert.Equal("valuevalue"u8, buffer.WrittenSpan);
    }

    [Fact]
    public async Task Sync_TryGetMany_CopiesValuesInOrderAndCountsEachKey()
    {
        Sync.Set("one", Bytes("1"));
        Sync.Set("three", Bytes("333"));
        Sync.Set("empty", Array.Empty<byte>());
        var destination = Bytes("........");
        var lookups = new BatchLookup[6];
        lookups[5] = new BatchLookup(LookupOutcome.Hit, 7, 7);
        Assert.Equal(4, Sync.TryGetMany(["three", "missing", "empty", "one", "three"], destination, lookups));
        Assert.Equal(Bytes("3331333."), destination);
        BatchLookup[] expected =
        [
            new(LookupOutcome.Hit, 0, 3), new(LookupOutcome.Miss, 0, 0), new(LookupOutcome.Hit, 3, 0), new(LookupOutcome.Hit, 3, 1), new(LookupOutcome.Hit, 4, 3), new(LookupOutcome.Hit, 7, 7),
        ];
        Assert.Equal(expected, lookups);
        await AssertCountedAsync(hits: 4, misses: 1, sets: 3, deletes: 0);
        Assert.Equal(0, Sync.TryGetMany([], [], []));
    }

    [Fact]
    public async Task Sync_TryGetManyIntoTooLittle_PassesOverWhatDoesNotFit()
    {
        Sync.Set("three", Bytes("333"));
        Sync.Set("one", Bytes("1"));
        var destination = Bytes("....");
        var lookups = new BatchLookup[3];
        Assert.Equal(3, Sync.TryGetMany(["three", "three", "one"], destination, lookups));
        Assert.Equal(Bytes("3331"), destination);
        Assert.Equal([new(LookupOutcome.Hit, 0, 3), new(LookupOutcome.DestinationTooSmall, 0, 3), new(LookupOutcome.Hit, 3, 1)], lookups);
        await AssertCountedAsync(hits: 3, misses: 0, sets: 2, deletes: 0);
        Assert.Throws<ArgumentException>("lookups", () => Sync.TryGetMany(["one", "three"], new byte[4], new BatchLookup[1]));
    }

    [Fact]
    public async Task Sync_TryGetManyOfMany_IsTheSameAsOneByOne()
    {
        var keys = Enumerable.Range(0, 100).Select(i => $"key {i} of many").ToArray();
        for (var i = 0; i < keys.Length; i += 3) Sync.Set(keys[i], Bytes($"value {i}"));
        var destination = new byte[10 * keys.Length];
        var lookups = new BatchLookup[keys.Length];
        Assert.Equal(34, Sync.TryGetMany(keys, destination, lookups));
        for (var i = 0; i < keys.Length; i++)
        {
            var value = lookups[i].Outcome == LookupOutcome.Hit ? System.Text.Encoding.UTF8.GetString(destination, lookups[i].Offset, lookups[i].Length) : null;
            Assert.Equal(i % 3 == 0 ? $"value {i}" : null, value);
        }

        await AssertCountedAsync(hits: 34, misses: 66, sets: 34, deletes: 0);
    }

    [Fact]
    public void Sync_TryRead_ShowsTheValueOnceWithTheState()
    {
        Sync.Set("key", Bytes("value"));
        var seen = new List<string>();
        Assert.True(Sync.TryRead("key", seen, static (value, seen) => seen.Add(System.Text.Encoding.UTF8.GetString(value))));
        Assert.Equal(["value"], seen);
        Assert.False(Sync.TryRead("missing", seen, static (_, seen) => seen.Add("called")));
        Assert.Single(seen);
    }

    [Fact]
    public async Task Sync_TryRead_LetsTheReadersOwnExceptionPass()
    {
        Sync.Set("key", Bytes("value"));
        Assert.Throws<InvalidOperationException>(() => Sync.TryRead("key", 0, static (_, _) => throw new InvalidOperationException("the reader's own")));

        // On another thread: a lock that was left behind would let this one in.
        Assert.Equal("value", await Task.Run(() => TextAsync("key")).WaitAsync(Patience));
    }

    [Fact]
    public async Task Sync_CallerChangesWhatItGotOrGave_EntryIsUnchanged()
    {
        var given = Bytes("value");
        Sync.Set("key", given);
        given.AsSpan().Fill(1);
        Sync.Get("key").AsSpan().Fill(2);
        Assert.Equal("value", await TextAsync("key"));
    }

    [Fact]
    public async Task Sync_AtTheLastMillisecond_IsAHitAndThenAMiss()
    {
        Sync.Set("key", Bytes("value"), Lasting(100));
        Advance(99);
        AssertFound(found: true);
        Advance(1);
        AssertFound(found: false);
        Assert.False(Sync.Delete("key"));
        await AssertCountedAsync(hits: 5, misses: 5, sets: 1, deletes: 0);
    }

    [Fact]
    public async Task Sync_Delete_IsTrueOnceAndObeysVersions()
    {
        Sync.Set("plain", Bytes("value"));
        Assert.True(Sync.Delete("plain"));
        Assert.False(Sync.Delete("plain"));
        Sync.Set("versioned", Bytes("value"), SetOptions.IfNewer(5));
        Assert.False(Sync.Delete("versioned", 4));
        Assert.True(Sync.Exists("versioned"));
        Assert.True(Sync.Delete("versioned", 5));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("versioned", "late", SetOptions.IfNewer(5)));
        await AssertCountedAsync(hits: 0, misses: 0, sets: 2, deletes: 2);
    }

    [Fact]
    public void Sync_IllegalAndNullArguments_Throw()
    {
        foreach (var key in HostileKeys.Illegal)
        {
            foreach (var (member, call) in MemberCalls.OfKey(Sync, key)) Assert.True(Record.Exception(call) is ArgumentException, $"{member}({HostileKeys.Show(key)})");
        }

        foreach (var (member, call) in MemberCalls.OfKey(Sync, null!)) Assert.True(Record.Exception(call) is ArgumentNullException, member);
        Assert.Throws<ArgumentNullException>(() => Sync.TryGet("key", null!));
        Assert.Throws<ArgumentNullException>(() => Sync.TryRead("key", 0, null!));
    }

    private void AssertFound(bool found)
    {
        Assert.Equal(found, Sync.Get("key") is not null);
        Assert.Equal(found, Sync.TryGet("key", new byte[5], out _) == LookupOutcome.Hit);
        Assert.Equal(found, Sync.TryGet("key", new ArrayBufferWriter<byte>()));
        Assert.Equal(found, Sync.TryRead("key", 0, static (_, _) => { }));
        Assert.Equal(found ? 1 : 0, Sync.TryGetMany(["key"], new byte[5], new BatchLookup[1]));
        Assert.Equal(found, Sync.Exists("key"));
    }
}
