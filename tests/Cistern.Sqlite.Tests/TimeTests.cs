namespace Cistern.Tests;

public sealed class TimeTests : SqliteTest
{
    private static readonly SetOptions AMinute = new() { TimeToLive = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Expired_AreSweptByLaterWrites_InSteps()
    {
        using var backend = Open();
        await backend.SetManyAsync(Enumerable.Range(0, 200).Select(i => new SetRequest($"key {i}", Bytes("value"), AMinute)));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await StatsAsync(backend)).CurrentEntries);
        backend.Set("other", Bytes("value"));
        var left = (await StatsAsync(backend)).CurrentEntries!.Value;
        Assert.InRange(left, 100, 180);
        for (var i = 0; i < 4; i++) backend.Set("other", Bytes("value"));
        Assert.Equal((1L, 200L), ((await StatsAsync(backend)).CurrentEntries, (await StatsAsync(backend)).Expirations));
    }

    [Fact]
    public async Task Expired_OfLargeBatches_DoNotPileUp()
    {
        using var backend = Open();
        for (var batch = 0; batch < 5; batch++)
        {
            await backend.SetManyAsync(Enumerable.Range(0, 1_000).Select(i => new SetRequest($"key {batch}:{i}", Bytes("value"), AMinute)));
            Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange((await StatsAsync(backend)).CurrentEntries!.Value, 1_000, 1_200);
    }

    [Fact]
    public async Task Expired_GoBeforeAnythingIsEvicted()
    {
        using var backend = Open(new SqliteBackendOptions { Capacity = 300 });
        for (var i = 0; i < 100; i++) backend.Set($"lasting {i}", Bytes("value"));
        await backend.SetManyAsync(Enumerable.Range(0, 200).Select(i => new SetRequest($"key {i}", Bytes("value"), AMinute)));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await backend.SetManyAsync(Enumerable.Range(0, 200).Select(i => new SetRequest($"new {i}", Bytes("value"))));
        Assert.True(backend.Exists("lasting 0"));
        Assert.Equal(300, backend.Connection.Number("SELECT entries FROM totals"u8));
    }

    [Fact]
    public async Task ClockJumpedBack_NothingOutlivesItsTtl()
    {
        using var backend = Open();
        backend.Set("key", Bytes("value"), AMinute);
        backend.Set("touched", Bytes("value"), AMinute);
        backend.Set("lasting", Bytes("value"));
        Clock.Advance(TimeSpan.FromSeconds(30));
        await backend.TouchAsync("touched", TimeSpan.FromMinutes(2));
        Clock.SetUtcNow(Clock.GetUtcNow().AddDays(-1));
        var now = Clock.GetUtcNow();
        Assert.Equal(now.AddMinutes(1), (await backend.GetEntryAsync("key"))!.ExpiresAt);
        Assert.Equal("value", Text(backend, "key"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Text(backend, "key"));
        Assert.Equal("value", Text(backend, "touched"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Text(backend, "touched"));
        Assert.Equal("value", Text(backend, "lasting"));
    }

    [Fact]
    public void ClockJumpedBack_WhileClosed_NothingOutlivesItsTtl()
    {
        using (var backend = Open()) backend.Set("key", Bytes("value"), AMinute);
        Clock.SetUtcNow(Clock.GetUtcNow().AddYears(-1));
        using var reopened = Open();
        Assert.Equal("value", Text(reopened, "key"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Text(reopened, "key"));
    }

    [Fact]
    public void ClockJumpedForward_AnEntryIsAMissAndNeverNegative()
    {
        using var backend = Open();
        backend.Set("key", Bytes("value"), AMinute);
        Clock.SetUtcNow(Clock.GetUtcNow().AddYears(1));
        Assert.Null(Text(backend, "key"));
        Assert.Equal(SetOutcome.Stored, backend.Set("key", Bytes("again"), new SetOptions { Condition = SetCondition.IfAbsent }));
    }

    [Fact]
    public void ClockJumpedBack_WhileASetWaited_ItDoesNotOutliveItsTtlEither()
    {
        var clock = new JumpingClock(Clock.GetUtcNow());
        using var backend = SqliteBackend.Open(DatabasePath, new SqliteBackendOptions { TimeProvider = clock });
        clock.JumpAfterNextReading(TimeSpan.FromDays(-1));
        backend.Set("key", Bytes("value"), AMinute);
        Assert.Equal("value", Text(backend, "key"));
        Assert.Equal(Clock.GetUtcNow().AddDays(-1).AddMinutes(1).ToUnixTimeMilliseconds(), backend.Connection.Number("SELECT expires_at FROM entries"u8));
    }

    /// <summary>A clock that stands still, and jumps right after it was read.</summary>
    private sealed class JumpingClock(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset _now = start;
        private TimeSpan _jump;

        public void JumpAfterNextReading(TimeSpan jump) => _jump = jump;

        public override DateTimeOffset GetUtcNow()
        {
            var now = _now;
            (_now, _jump) = (_now + _jump, TimeSpan.Zero);
            return now;
        }
    }
}
