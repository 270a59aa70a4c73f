namespace Cistern.Tests;

/// <summary>Each option within its range, and none beyond it.</summary>
public sealed class ResilienceOptionsTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly ResilienceOptions Default = ResilienceOptions.Default;

    public static TheoryData<string> Refused => [.. Bad.Keys];

    public static TheoryData<string> Accepted => [.. Good.Keys];

    private static Dictionary<string, ResilienceOptions> Bad { get; } = new()
    {
        ["Retries, negative"] = Default with { Retries = -1 },
        ["Retries, too many"] = Default with { Retries = 101 },
        ["RetryDelay, negative"] = Default with { RetryDelay = -Tick },
        ["RetryDelay, more than a day"] = Default with { RetryDelay = Day + Tick, MaxRetryDelay = Day + Tick },
        ["MaxRetryDelay, less than the delay"] = Default with { RetryDelay = Day, MaxRetryDelay = Day - Tick },
        ["MaxRetryDelay, more than a day"] = Default with { MaxRetryDelay = Day + Tick },
        ["CallTimeout, too short"] = Default with { CallTimeout = TimeSpan.FromMilliseconds(10) - Tick },
        ["CallTimeout, more than a day"] = Default with { CallTimeout = Day + Tick },
        ["BreakerFailureRate, zero"] = Default with { BreakerFailureRate = 0 },
        ["BreakerFailureRate, above one"] = Default with { BreakerFailureRate = 1.01 },
        ["BreakerFailureRate, not a number"] = Default with { BreakerFailureRate = double.NaN },
        ["BreakerMinCalls, one"] = Default with { BreakerMinCalls = 1 },
        ["BreakerWindow, too short"] = Default with { BreakerWindow = TimeSpan.FromMilliseconds(500) - Tick },
        ["BreakerWindow, more than a day"] = Default with { BreakerWindow = Day + Tick },
        ["BreakTime, too short"] = Default with { BreakTime = TimeSpan.FromMilliseconds(500) - Tick },
        ["BreakTime, more than a day"] = Default with { BreakTime = Day + Tick },
    };

    private static Dictionary<string, ResilienceOptions> Good { get; } = new()
    {
        ["the defaults"] = Default,
        ["the least"] = new() { Retries = 0, RetryDelay = TimeSpan.Zero, MaxRetryDelay = TimeSpan.Zero, CallTimeout = TimeSpan.FromMilliseconds(10), BreakerFailureRate = 0.001, BreakerMinCalls = 2, BreakerWindow = TimeSpan.FromMilliseconds(500), BreakTime = TimeSpan.FromMilliseconds(500) },
        ["the most"] = new() { Retries = 100, RetryDelay = Day, MaxRetryDelay = Day, CallTimeout = Day, BreakerFailureRate = 1, BreakerMinCalls = int.MaxValue, BreakerWindow = Day, BreakTime = Day },
        ["one retry at once"] = new() { Retries = 1, RetryDelay = TimeSpan.Zero, MaxRetryDelay = TimeSpan.Zero },
        ["nothing"] = new() { Retries = 0, CallTimeout = null, BreakerFailureRate = null },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Option_BeyondItsRange_IsRefusedByName(string name)
    {
        using var memory = new InMemoryBackend();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new ResilientBackend(memory, Bad[name]));
        Assert.Equal(name.Split(',')[0], error.ParamName);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task Options_AtTheirBounds_MakeAPipelineThatWorks(string name)
    {
        using var backend = new ResilientBackend(new InMemoryBackend(), Good[name]);
        Assert.Equal(SetOutcome.Stored, await backend.SetAsync("a", "1"u8.ToArray()));
        Assert.NotNull(await backend.GetAsync("a"));
    }

    [Fact]
    public void Random_Null_IsRefused() => Assert.Throws<ArgumentNullException>("Random", () => (Default with { Random = null! }).ToPipeline());
}
