using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Cistern;

/// <summary>How long a call to a backend may take, how often it is tried again, and when calls are no longer made at all. Immutable.</summary>
public sealed record ResilienceOptions
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The defaults of every option.</summary>
    public static ResilienceOptions Default { get; } = new();

    /// <summary>How often a call that failed is tried again, 0 to 100. Default 2.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The time before the first retry, up to a day. It doubles from one to the next, and differs at random. Default 50 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The most time before any retry, from <see cref="RetryDelay"/> up to a day. Default 2 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long each try may take, 10 ms to a day. Null: any time. Default 5 s.</summary>
    public TimeSpan? CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The part of the calls within <see cref="BreakerWindow"/>, greater than 0 and up to 1, that must fail for the breaker to open: then calls fail at once,
    /// and the backend is left alone for <see cref="BreakTime"/>. Null: no breaker. Default 0.5.
    /// </summary>
    public double? BreakerFailureRate { get; init; } = 0.5;

    /// <summary>How many calls <see cref="BreakerWindow"/> must hold before the breaker can open, at least 2. Default 20.</summary>
    public int BreakerMinCalls { get; init; } = 20;

    /// <summary>Over which time failures are counted, 500 ms to a day. Default 30 s.</summary>
    public TimeSpan BreakerWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the breaker stays open before one call is let through to try, 500 ms to a day. Default 10 s.</summary>
    public TimeSpan BreakTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the randomness of the delays comes from. Default: <see cref="Random.Shared"/>. Must be safe for concurrent use where calls are.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>The pipeline of these options: retry, in it the breaker, in it the timeout. For those who want to add a strategy of their own.</summary>
    /// <param name="timeProvider">The clock. Null: <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public ResiliencePipeline ToPipeline(TimeProvider? timeProvider = null)
    {
        Validate();
        var builder = new ResiliencePipelineBuilder { TimeProvider = timeProvider ?? TimeProvider.System };
        if (Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<CacheBackendException>().Handle<TimeoutRejectedException>(),
                MaxRetryAttempts = Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = RetryDelay,
                MaxDelay = MaxRetryDelay,
                Randomizer = Random.NextDouble,
            });
        }

        if (BreakerFailureRate is { } rate)
        {
            builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(static error => error is not (ArgumentException or OperationCanceledException or ObjectDisposedException)),
                FailureRatio = rate,
                MinimumThroughput = BreakerMinCalls,
                SamplingDuration = BreakerWindow,
                BreakDuration = BreakTime,
            });
        }

        if (CallTimeout is { } timeout) builder.AddTimeout(timeout);
        return builder.Build();
    }

    private static void Check<T>(bool isWithin, T value, string name, string range)
    {
        if (!isWithin) throw new ArgumentOutOfRangeException(name, value, $"Must be {range}.");
    }

    private static bool IsFrom(TimeSpan value, int leastMilliseconds) => value >= TimeSpan.FromMilliseconds(leastMilliseconds) && value <= Day;

    private void Validate()
    {
        Check(Retries is >= 0 and <= 100, Retries, nameof(Retries), "from 0 to 100");
        Check(IsFrom(RetryDelay, 0), RetryDelay, nameof(RetryDelay), "from 0 to a day");
        Check(MaxRetryDelay >= RetryDelay && MaxRetryDelay <= Day, MaxRetryDelay, nameof(MaxRetryDelay), $"from {nameof(RetryDelay)} to a day");
        Check(CallTimeout is not { } timeout || IsFrom(timeout, 10), CallTimeout, nameof(CallTimeout), "from 10 ms to a day");
        Check(BreakerFailureRate is null or (> 0 and <= 1), BreakerFailureRate, nameof(BreakerFailureRate), "greater than 0, and up to 1");
        Check(BreakerMinCalls >= 2, BreakerMinCalls, nameof(BreakerMinCalls), "at least 2");
        Check(IsFrom(BreakerWindow, 500), BreakerWindow, nameof(BreakerWindow), "from 500 ms to a day");
        Check(IsFrom(BreakTime, 500), BreakTime, nameof(BreakTime), "from 500 ms to a day");
        ArgumentNullException.ThrowIfNull(Random);
    }
}
