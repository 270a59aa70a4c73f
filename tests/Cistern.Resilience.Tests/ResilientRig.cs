using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>A wrapper over a backend that the test holds in its hands, by a clock that it moves.</summary>
internal sealed class ResilientRig : IDisposable
{
    public ResilientRig(ResilienceOptions options, InMemoryBackendOptions? memory = null)
    {
        Memory = new InMemoryBackend((memory ?? InMemoryBackendOptions.Unbounded) with { TimeProvider = Clock });
        Inner = new ScriptedBackend(Memory);
        Backend = new ResilientBackend(Inner, options);
    }

    /// <summary>Two retries, ten seconds apart at most; no timeout, no breaker.</summary>
    public static ResilienceOptions Options { get; } = new() { Retries = 2, RetryDelay = TimeSpan.FromSeconds(1), MaxRetryDelay = LongestDelay, CallTimeout = null, BreakerFailureRate = null };

    private static TimeSpan LongestDelay => TimeSpan.FromSeconds(10);

    public ManualTimeProvider Clock { get; } = new();

    public InMemoryBackend Memory { get; }

    public ScriptedBackend Inner { get; }

    public ResilientBackend Backend { get; }

    /// <summary>Waits for a call, and moves the clock to each wait that the call comes to.</summary>
    public async Task<T> PassAsync<T>(ValueTask<T> call)
    {
        var task = call.AsTask();
        while (!task.IsCompleted)
        {
            using var done = new CancellationTokenSource();
            if (await Task.WhenAny(task, Clock.WaitForTimerAsync(LongestDelay, done.Token)) != task) Clock.Advance(LongestDelay);
            await done.CancelAsync();
        }

        return await task;
    }

    public async Task<CacheBackendException> FailAsync<T>(ValueTask<T> call) => await Assert.ThrowsAsync<CacheBackendException>(() => PassAsync(call));

    public void Dispose() => Backend.Dispose();
}
