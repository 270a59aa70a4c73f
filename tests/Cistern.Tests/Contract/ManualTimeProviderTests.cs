using Cistern.Testing;

namespace Cistern.Tests.Contract;

/// <summary>The clock that every other test trusts.</summary>
public sealed class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _fired = [];

    private ITimer Timer(string name, TimeSpan dueTime, TimeSpan period) =>
        _clock.CreateTimer(state => _fired.Add($"{state}@{(_clock.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds}"), name, dueTime, period);

    private ITimer Timer(string name, double dueSeconds) => Timer(name, TimeSpan.FromSeconds(dueSeconds), Timeout.InfiniteTimeSpan);

    private string Fired() => string.Join(' ', _fired);

    [Fact]
    public void Clock_StandsWhereItWasPutUntilItIsMoved()
    {
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), _clock.GetUtcNow());
        var start = new DateTimeOffset(2030, 5, 6, 7, 8, 9, TimeSpan.Zero);
        var other = new ManualTimeProvider(start);
        Assert.Equal(start, other.GetUtcNow());
        other.Advance(1.5 * Second);
        Assert.Equal(start + 1.5 * Second, other.GetUtcNow());
        Assert.Throws<ArgumentOutOfRangeException>(() => other.Advance(-Second));
    }

    [Fact]
    public void Timestamps_GoWithTheClock()
    {
        var before = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromTicks(12_345));
        Assert.Equal(TimeSpan.FromTicks(12_345), _clock.GetElapsedTime(before));
        Assert.Equal(TimeSpan.TicksPerSecond, _clock.TimestampFrequency);
    }

    [Fact]
    public void Timers_PassedInOneStep_FireInOrderEachAtItsTime()
    {
        Timer("c", 3);
        Timer("a", 1);
        Timer("b", 2);
        Timer("later", 9);
        _clock.Advance(5 * Second);
        Assert.Equal("a@1 b@2 c@3", Fired());
        _clock.Advance(3 * Second);
        Assert.Equal("a@1 b@2 c@3", Fired());
        _clock.Advance(Second);
        Assert.Equal("a@1 b@2 c@3 later@9", Fired());
    }

    [Fact]
    public void Timers_DueTogether_FireInTheOrderOfTheirCreation()
    {
        Timer("a", 1);
        Timer("b", 1);
        _clock.Advance(Second);
        Assert.Equal("a@1 b@1", Fired());
    }

    [Fact]
    public void Timer_Periodic_FiresEveryPeriodAlsoWithinOneStep()
    {
        Timer("tick", Second, 2 * Second);
        Timer("between", 4);
        _clock.Advance(6 * Second);
        Assert.Equal("tick@1 tick@3 between@4 tick@5", Fired());
        _clock.Advance(Second);
        Assert.Equal("tick@1 tick@3 between@4 tick@5 tick@7", Fired());
    }

    [Fact]
    public void Timer_Disposed_NeverFiresAgain()
    {
        var once = Timer("once", 1);
        var periodic = Timer("tick", Second, Second);
        once.Dispose();
        once.Dispose();
        _clock.Advance(Second);
        periodic.Dispose();
        _clock.Advance(5 * Second);
        Assert.Equal("tick@1", Fired());
    }

    [Fact]
    public async Task Timer_ChangedAfterItsDisposal_StaysDead()
    {
        var timer = Timer("dead", 1);
        await timer.DisposeAsync();
        Assert.False(timer.Change(Second, Second));
        _clock.Advance(5 * Second);
        Assert.Equal("", Fired());
    }

    [Fact]
    public void Timer_Changed_FiresAtItsNewTimeOnly()
    {
        var timer = Timer("a", 1);
        Assert.True(timer.Change(3 * Second, Timeout.InfiniteTimeSpan));
        _clock.Advance(2 * Second);
        Assert.Equal("", Fired());
        _clock.Advance(Second);
        Assert.Equal("a@3", Fired());
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Second));
        _clock.Advance(9 * Second);
        Assert.Equal("a@3", Fired());
        Assert.True(timer.Change(Second, TimeSpan.Zero));
        _clock.Advance(9 * Second);
        Assert.Equal("a@3 a@13", Fired());
    }

    [Fact]
    public void Timer_NeverDue_NeverFires()
    {
        Timer("never", Timeout.InfiniteTimeSpan, Second);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("", Fired());
    }

    [Fact]
    public void Timer_DueAtOnce_FiresWhenTheClockIsNextMovedEvenByNothing()
    {
        Timer("now", 0);
        Assert.Equal("", Fired());
        _clock.Advance(TimeSpan.Zero);
        Assert.Equal("now@0", Fired());
    }

    [Fact]
    public void Timer_CreatedByAnother_FiresWithinTheSameStep()
    {
        _clock.CreateTimer(_ => Timer("inner", 1), null, Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(3 * Second);
        Assert.Equal("inner@2", Fired());
    }

    [Fact]
    public void SetUtcNow_ForthAndBack_MovesTheClockAndFiresNothing()
    {
        Timer("a", 2);
        var start = _clock.GetUtcNow();
        _clock.SetUtcNow(start + 5 * Second);
        Assert.Equal((start + 5 * Second, ""), (_clock.GetUtcNow(), Fired()));
        _clock.SetUtcNow(start - 5 * Second);
        Assert.Equal(start - 5 * Second, _clock.GetUtcNow());
        _clock.Advance(7 * Second);
        Assert.Equal("a@-3", Fired());
    }

    [Fact]
    public void SetUtcNow_PastATimer_IsNoTimeThatHasPassed()
    {
        Timer("a", 2);
        var timestamp = _clock.GetTimestamp();
        _clock.SetUtcNow(_clock.GetUtcNow() + 5 * Second);
        Assert.Equal(TimeSpan.Zero, _clock.GetElapsedTime(timestamp));
        _clock.Advance(Second);
        Assert.Equal("", Fired());
        _clock.Advance(Second);
        Assert.Equal("a@7", Fired());
    }

    [Fact]
    public async Task Delay_OfTheRuntime_CompletesWithTheClock()
    {
        var delay = Task.Delay(10 * Second, _clock);
        _clock.Advance(9 * Second);
        Assert.False(delay.IsCompleted);
        _clock.Advance(Second);
        await delay.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task WaitForTimer_CompletesOnceATimerIsDueWithinTheTime()
    {
        Timer("there", 1);
        Assert.True(_clock.WaitForTimerAsync(Second).IsCompletedSuccessfully);
        _clock.Advance(Second);

        var waiting = _clock.WaitForTimerAsync(3 * Second);
        Timer("later", 3.5);
        Assert.False(waiting.IsCompleted);
        Timer("a", 3);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task WaitForTimer_ThatIsCancelled_Ends()
    {
        using var impatient = new CancellationTokenSource();
        var waiting = _clock.WaitForTimerAsync(Second, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void CreateTimer_WithoutCallback_IsRefused() =>
        Assert.Throws<ArgumentNullException>("callback", () => _clock.CreateTimer(null!, null, Second, Second));
}
