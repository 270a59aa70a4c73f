using System.Diagnostics;

namespace Cistern.Tests;

/// <summary>Somebody else holds the file's write lock: what waits does so for its time and no longer, and what need not wait does not.</summary>
public sealed class LockedTests : SqliteTest
{
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(500);

    // Far below what each of these would take if it waited once more than it should, far above what a slow machine adds.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2.5);

    [Theory]
    [InlineData("nothing")]
    [InlineData("the first program's table")]
    [InlineData("our tables, not yet ordered by use")]
    public void Open_WhileTheFileIsLocked_FailsAfterTheBusyTimeout(string held)
    {
        if (held == "our tables, not yet ordered by use") Open().Dispose();
        if (held == "the first program's table") RawDatabase.Run(DatabasePath, "CREATE TABLE cache (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
        using var holder = Hold();
        var started = Stopwatch.GetTimestamp();
        var fault = Assert.Throws<CacheBackendException>(() => Open(new SqliteBackendOptions { Capacity = 10, BusyTimeout = Busy }).Dispose());
        Assert.InRange(Stopwatch.GetElapsedTime(started), Busy / 2, Soon);
        Assert.True(SqliteResult.IsTransient(Assert.IsType<SqliteFaultException>(fault.InnerException).ResultCode));
    }

    [Fact]
    public async Task Open_OnceTheLockIsGone_GoesOn()
    {
        using var holder = Hold();
        var opening = Task.Factory.StartNew(() => Open(new SqliteBackendOptions { Capacity = 10 }), TaskCreationOptions.LongRunning);
        await Assert.ThrowsAsync<TimeoutException>(() => opening.WaitAsync(Busy / 5));
        holder.Execute("ROLLBACK"u8);
        using var backend = await opening;
        Assert.Equal(SetOutcome.Stored, backend.Set("key", Bytes("value")));
    }

    [Fact]
    public async Task Reads_WithManyNoted_DoNotWaitForTheLock()
    {
        const int Keys = 10 * RecentReads.Enough;
        using var backend = Open(new SqliteBackendOptions { Capacity = 2 * Keys, BusyTimeout = Busy });
        await backend.SetManyAsync(Enumerable.Range(0, Keys).Select(i => new SetRequest($"key {i}", Bytes("value"))));
        using (var holder = Hold())
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = Keys - 1; i >= 0 && Stopwatch.GetElapsedTime(started) < Soon; i--) Assert.NotNull(backend.Get($"key {i}"));
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
        }

        backend.Set("another", Bytes("value"));
        Assert.Equal(["another", "key 0", "key 1"], backend.Connection.Texts("SELECT key FROM entries ORDER BY accessed DESC LIMIT 3"u8));
    }

    [Fact]
    public void Read_AfterTheClockJumpedBack_DoesNotWaitForTheLock()
    {
        using var backend = Open(new SqliteBackendOptions { BusyTimeout = Busy });
        backend.Set("key", Bytes("value"), new SetOptions { TimeToLive = TimeSpan.FromMinutes(1) });
        Clock.SetUtcNow(Clock.GetUtcNow().AddDays(-1));
        using (var holder = Hold())
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < 20 && Stopwatch.GetElapsedTime(started) < Soon; i++) Assert.NotNull(backend.Get("key"));
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
        }

        Assert.NotNull(backend.Get("key"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(backend.Get("key"));
    }

    [Fact]
    public async Task Writes_OfManyThreads_FailTogetherAfterTheBusyTimeout()
    {
        using var backend = Open(new SqliteBackendOptions { BusyTimeout = Busy });
        using var holder = Hold();
        var started = Stopwatch.GetTimestamp();
        var writes = Enumerable.Range(0, 10).Select(i => Task.Factory.StartNew(() => backend.Set($"key {i}", Bytes("value")), TaskCreationOptions.LongRunning)).ToList();
        foreach (var write in writes)
        {
            var fault = await Assert.ThrowsAsync<CacheBackendException>(() => write);
            Assert.Equal(SqliteResult.Busy, SqliteResult.Plain(Assert.IsType<SqliteFaultException>(fault.InnerException).ResultCode));
        }

        Assert.InRange(Stopwatch.GetElapsedTime(started), Busy / 2, Soon);
    }

    [Fact]
    public void Write_AfterOneThatWasLockedOut_Succeeds()
    {
        using var backend = Open(new SqliteBackendOptions { BusyTimeout = TimeSpan.FromMilliseconds(50) });
        using (var holder = Hold()) Assert.Throws<CacheBackendException>(() => backend.Set("key", Bytes("lost")));
        Assert.Equal(SetOutcome.Stored, backend.Set("key", Bytes("value")));
        Assert.Equal("value", Text(backend, "key"));
    }

    private SqliteConnection Hold()
    {
        var holder = RawDatabase.Open(DatabasePath);
        holder.Execute("BEGIN IMMEDIATE"u8);
        return holder;
    }
}
