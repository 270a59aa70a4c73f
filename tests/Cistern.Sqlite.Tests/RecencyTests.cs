namespace Cistern.Tests;

/// <summary>Least recently used goes first, and yet a read is no write.</summary>
public sealed class RecencyTests : SqliteTest
{
    [Fact]
    public async Task Reads_OfABoundedDatabase_WriteNothing()
    {
        using var backend = Open(new SqliteBackendOptions { Capacity = 10 });
        for (var i = 0; i < 10; i++) backend.Set($"key {i}", Bytes("value"));
        var changes = backend.Connection.Number("SELECT total_changes()"u8);
        var sequence = backend.Connection.Number("SELECT sequence FROM totals"u8);
        for (var i = 0; i < 1_000; i++) Assert.NotNull(backend.Get($"key {i % 10}"));
        await backend.GetManyAsync(["key 1", "key 2"]);
        Assert.Equal(changes, backend.Connection.Number("SELECT total_changes()"u8));
        Assert.Equal(sequence, backend.Connection.Number("SELECT sequence FROM totals"u8));
    }

    [Fact]
    public void Reads_AreWrittenWithTheNextWrite()
    {
        using var backend = Open(new SqliteBackendOptions { Capacity = 3 });
        foreach (var key in new[] { "a", "b", "c" }) backend.Set(key, Bytes("value"));
        backend.Get("a");
        backend.Set("d", Bytes("value"));
        Assert.Equal(["c", "a", "d"], backend.Connection.Texts("SELECT key FROM entries ORDER BY accessed"u8));
    }

    [Fact]
    public void Reads_OfAnInstanceThatIsClosed_CountForTheNext()
    {
        using (var backend = Open(new SqliteBackendOptions { Capacity = 3 }))
        {
            foreach (var key in new[] { "a", "b", "c" }) backend.Set(key, Bytes("value"));
            backend.Get("a");
        }

        using var reopened = Open(new SqliteBackendOptions { Capacity = 3 });
        reopened.Set("d", Bytes("value"));
        Assert.True(reopened.Exists("a"));
        Assert.False(reopened.Exists("b"));
    }

    [Fact]
    public async Task Reads_BeyondEnough_AreWrittenWithoutAWrite()
    {
        using var backend = Open(new SqliteBackendOptions { Capacity = 100_000 });
        for (var i = 0; i < 20; i++) await backend.SetManyAsync(Enumerable.Range(i * 100, 100).Select(n => new SetRequest($"key {n}", Bytes("x"))));
        var before = backend.Connection.Number("SELECT sequence FROM totals"u8);
        for (var i = 0; i < RecentReads.Enough; i++) backend.Get($"key {i}");
        Assert.Equal(before + RecentReads.Enough, backend.Connection.Number("SELECT sequence FROM totals"u8));
    }

    [Fact]
    public void Reads_OfWhatWasJustUsedAmongMany_AreNotNoted()
    {
        var reads = new RecentReads();
        reads.Follow(new Totals(Entries: 800, SizeBytes: 0, Sequence: 1_000, Clock: 0));
        reads.Note("used a moment ago", accessed: 950);
        Assert.True(reads.IsEmpty);
        reads.Note("used long ago", accessed: 100);
        Assert.Equal(["used long ago"], reads.Take());
        Assert.True(reads.IsEmpty);
    }

    [Fact]
    public void Unbounded_Reads_AreNotNotedAtAll()
    {
        using var backend = Open();
        backend.Set("a", Bytes("value"));
        backend.Set("b", Bytes("value"));
        backend.Get("a");
        backend.Set("c", Bytes("value"));
        Assert.Equal(["a", "b", "c"], backend.Connection.Texts("SELECT key FROM entries ORDER BY accessed"u8));
    }

    [Fact]
    public async Task Bounds_OfASmallerOpening_HoldAtItsFirstWrite()
    {
        using (var backend = Open())
        {
            for (var i = 0; i < 200; i++) backend.Set($"key {i}", Bytes("value"));
        }

        using var bounded = Open(new SqliteBackendOptions { MaxSizeBytes = 25 });
        bounded.Set("new", Bytes("value"));
        Assert.Equal((5L, 25L, 196L), ((await StatsAsync(bounded)).CurrentEntries, (await StatsAsync(bounded)).CurrentSizeBytes, (await StatsAsync(bounded)).Evictions));
        Assert.True(bounded.Exists("key 199"));
    }

    [Fact]
    public void Reads_OfAnInstanceThatDoesNotWrite_CountThoughAnotherWritesAllTheTime()
    {
        using (var reading = Open(new SqliteBackendOptions { Capacity = 3 }))
        using (var writing = Open(new SqliteBackendOptions { Capacity = 3 }))
        {
            foreach (var key in new[] { "a", "b", "c" }) writing.Set(key, Bytes("value"));
            Assert.NotNull(reading.Get("a"));
        }

        using var reopened = Open(new SqliteBackendOptions { Capacity = 3 });
        reopened.Set("d", Bytes("value"));
        Assert.True(reopened.Exists("a"));
        Assert.False(reopened.Exists("b"));
    }

    [Fact]
    public async Task Reads_OfAnInstanceThatDoesNotWrite_LearnHowManyEntriesAreLeft()
    {
        using (var writing = Open())
        {
            await writing.SetManyAsync(Enumerable.Range(0, 1_000).Select(i => new SetRequest($"key {i}", Bytes("value"))));
            using var reading = Open(new SqliteBackendOptions { Capacity = 2_000 });
            await writing.ClearAsync();
            foreach (var key in new[] { "a", "b", "c" }) writing.Set(key, Bytes("value"));
            for (var i = 0; i < 2_000; i++) Assert.NotNull(reading.Get("a"));
        }

        Assert.Equal(["b", "c", "a"], RawDatabase.Texts(DatabasePath, "SELECT key FROM entries ORDER BY accessed"));
    }
}
