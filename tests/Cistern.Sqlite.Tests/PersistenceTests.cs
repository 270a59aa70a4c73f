namespace Cistern.Tests;

public sealed class PersistenceTests : SqliteTest
{
    [Fact]
    public async Task Reopened_EverythingOfAnEntry_IsThere()
    {
        var options = new SetOptions
        {
            TimeToLive = TimeSpan.FromMinutes(5),
            AbsoluteExpiration = Clock.GetUtcNow().AddHours(1),
            Metadata = new Dictionary<string, string> { ["type"] = "text", ["ключ"] = "\u0000\n" },
            Condition = SetCondition.IfNewer,
            Version = 638_993_664_000_000_001,
        };
        CacheEntry? before;
        using (var backend = Open())
        {
            backend.Set("key", Bytes("value"), options);
            backend.Set("empty", ReadOnlyMemory<byte>.Empty);
            before = await backend.GetEntryAsync("key");
        }

        using var reopened = Open();
        var after = await reopened.GetEntryAsync("key");
        Assert.Equal("value", Text(reopened, "key"));
        Assert.Equal("", Text(reopened, "empty"));
        Assert.Equal(before!.Metadata.OrderBy(pair => pair.Key), after!.Metadata.OrderBy(pair => pair.Key));
        Assert.Equal(before with { Value = default, Metadata = after.Metadata }, after with { Value = default });
    }

    [Fact]
    public void Reopened_ATombstone_StillKeepsOlderValuesOut()
    {
        using (var backend = Open()) backend.Delete("key", 10);
        using var reopened = Open();
        Assert.Equal(SetOutcome.Superseded, reopened.Set("key", Bytes("late"), SetOptions.IfNewer(10)));
    }

    [Fact]
    public async Task TwoInstances_OnOneFile_SeeEachOther()
    {
        using var first = Open();
        using var second = Open();
        first.Set("key", Bytes("of the first"));
        Assert.Equal("of the first", Text(second, "key"));
        second.Set("key", Bytes("of the second"));
        second.Set("other", Bytes("x"));
        Assert.Equal("of the second", Text(first, "key"));
        Assert.Equal(2, (await StatsAsync(first)).CurrentEntries);
        Assert.Equal(2, await first.ClearAsync());
        Assert.Null(Text(second, "other"));
        Assert.Equal((0L, 0L), ((await StatsAsync(second)).CurrentEntries, (await StatsAsync(second)).CurrentSizeBytes));
    }

    [Fact]
    public void Capabilities_OfAFile_SayWhatItIs()
    {
        using var backend = Open();
        Assert.True(backend.Capabilities is { IsPersistent: true, IsShared: true, VersionRetention: VersionRetention.Durable, BatchAtomicity: BatchAtomicity.Batch, KeysMayRepeat: false });
        using var bounded = SqliteBackend.Open(Folder["bounded.db"], new SqliteBackendOptions { Capacity = 5 });
        Assert.Equal(VersionRetention.UntilEvicted, bounded.Capabilities.VersionRetention);
        using var memory = SqliteBackend.Open(":memory:");
        Assert.True(memory.Capabilities is { IsPersistent: false, IsShared: false, VersionRetention: VersionRetention.UntilEvicted });
    }

    [Theory]
    [InlineData(SqliteDurability.Normal, 1)]
    [InlineData(SqliteDurability.Full, 2)]
    public void Durability_IsWhatSqliteIsTold(SqliteDurability durability, long synchronous)
    {
        using var backend = Open(new SqliteBackendOptions { Durability = durability });
        Assert.Equal(synchronous, backend.Connection.Number("PRAGMA synchronous"u8));
        Assert.Equal(["wal"], backend.Connection.Texts("PRAGMA journal_mode"u8));
    }

    [Fact]
    public async Task DiskFull_TheCallFails_NothingChangesAndWritesResume()
    {
        using var backend = Open();
        backend.Set("key", Bytes("kept"));
        backend.Connection.Execute("PRAGMA max_page_count = 16"u8);
        var fault = Assert.Throws<CacheBackendException>(() => backend.Set("key", new byte[1_000_000]));
        Assert.Contains("full", fault.Message, StringComparison.Ordinal);
        Assert.Equal(13, Assert.IsType<SqliteFaultException>(fault.InnerException).ResultCode);
        await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync([new("small", Bytes("x")), new("large", new byte[1_000_000])]));
        Assert.Equal("kept", Text(backend, "key"));
        Assert.False(backend.Exists("small"));
        Assert.Equal((1L, 4L, 1L), ((await StatsAsync(backend)).CurrentEntries, (await StatsAsync(backend)).CurrentSizeBytes, (await StatsAsync(backend)).Sets));

        backend.Connection.Execute("PRAGMA max_page_count = 1000000"u8);
        Assert.Equal(SetOutcome.Stored, backend.Set("key", new byte[1_000_000]));
        Assert.True(SqliteBackend.Verify(DatabasePath).IsSound);
    }

    [Fact]
    public void Locked_ByAnotherForTooLong_IsAFaultAndReadsGoOn()
    {
        using var backend = Open(new SqliteBackendOptions { BusyTimeout = TimeSpan.FromMilliseconds(30) });
        backend.Set("key", Bytes("value"));
        using var other = RawDatabase.Open(DatabasePath);
        other.Execute("BEGIN IMMEDIATE"u8);
        Assert.Throws<CacheBackendException>(() => backend.Set("key", Bytes("lost")));
        Assert.Equal("value", Text(backend, "key"));
        other.Execute("ROLLBACK"u8);
        Assert.Equal(SetOutcome.Stored, backend.Set("key", Bytes("again")));
    }

    [Fact]
    public async Task Locked_ByAnotherForAWhile_Waits()
    {
        using var backend = Open();
        using var other = RawDatabase.Open(DatabasePath);
        other.Execute("BEGIN IMMEDIATE"u8);
        var set = Task.Run(() => backend.Set("key", Bytes("value")));
        Assert.NotSame(set, await Task.WhenAny(set, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System)));
        other.Execute("COMMIT"u8);
        Assert.Equal(SetOutcome.Stored, await set.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Dispose_WhileOthersReadAndWrite_EndsEveryCallCleanly()
    {
        var backend = Open(new SqliteBackendOptions { Capacity = 50 });
        backend.Set("key", Bytes("value"));
        var ready = new CountdownEvent(4);
        var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(() =>
        {
            ready.Signal();
            while (true)
            {
                var fault = Record.Exception(() =>
                {
                    if (caller == 0) backend.Set("key", Bytes("value"));
                    else Assert.Equal("value", Text(backend, "key"));
                });
                if (fault is not null) return fault;
            }
        })).ToList();
        ready.Wait();
        backend.Dispose();
        Assert.All(await Task.WhenAll(callers), fault => Assert.IsType<ObjectDisposedException>(fault));
        using var reopened = Open();
        Assert.Equal("value", Text(reopened, "key"));
    }
}
