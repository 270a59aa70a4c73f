using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Cistern.Servers;

/// <summary>
/// Some callers that set and get without pause while something is done to their server. Each has keys of its own and knows what it wrote: what is read must be one of the values that the
/// key may have by now, or absent. Failed calls are counted, and every call is timed.
/// </summary>
/// <param name="backend">The backend that uses the server.</param>
public sealed class LoadUnderFaults(CacheBackend backend)
{
    private const int Callers = 4;
    private const int Keys = 50;

    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly long[] _lastSuccess = new long[Callers];
    private long _calls;
    private long _failures;
    private long _hits;
    private long _lost;
    private long _longestTicks;
    private volatile bool _isOver;

    /// <summary>How many calls succeeded.</summary>
    public long Successes => Interlocked.Read(ref _calls) - Failures;

    /// <summary>How many calls failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How many values were read.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>How often a key was absent whose value had been acknowledged: as it must be where a server forgets, and must not where it keeps.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>How long the longest call took, failed ones included.</summary>
    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestTicks));

    /// <summary>What it was, for a test's output.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Successes} calls succeeded, {Failures} failed, the longest took {Longest.TotalMilliseconds:f0} ms");

    /// <summary>Runs the load while something is done. Fails the test if anything was read that could not be there.</summary>
    /// <param name="faults">What is done to the server.</param>
    public async Task RunAsync(Func<Task> faults)
    {
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller))).ToList();
        try
        {
            await faults();
        }
        finally
        {
            _isOver = true;
            await Task.WhenAll(callers);
        }

        Assert.Empty(_wrong);
    }

    /// <summary>Runs the load while its server is killed and started again, some times. Fails the test if a server that is back is not used again within a second.</summary>
    /// <param name="server">The server.</param>
    /// <param name="tell">Gets how soon it was used again, each time, and at the end what the load was.</param>
    /// <param name="up">How long it serves before each time.</param>
    /// <param name="down">How long it is gone, for each time.</param>
    public async Task RunThroughKillsAsync(LocalServer server, Action<string> tell, TimeSpan up, params TimeSpan[] down)
    {
        await RunAsync(async () =>
        {
            foreach (var gone in down)
            {
                await Task.Delay(up, TimeProvider.System);
                await server.KillAsync();
                await Task.Delay(gone, TimeProvider.System);
                await server.StartAgainAsync();
                var back = await WaitForEverybodyAsync(TimeSpan.FromSeconds(10));
                tell(string.Create(CultureInfo.InvariantCulture, $"back after {back.TotalMilliseconds:f0} ms"));
                Assert.InRange(back, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            }
        });
        tell(ToString());
    }

    /// <summary>Waits until every caller has had an answer to what it asked since now.</summary>
    /// <param name="longest">For how long at most.</param>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitForEverybodyAsync(TimeSpan longest)
    {
        var began = Stopwatch.GetTimestamp();
        while (Enumerable.Range(0, Callers).Any(caller => Volatile.Read(ref _lastSuccess[caller]) < began))
        {
            if (Stopwatch.GetElapsedTime(began) > longest) return Stopwatch.GetElapsedTime(began);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        return Stopwatch.GetElapsedTime(began);
    }

    private async Task CallAsync(int caller)
    {
        var random = new Random(caller);

        // The values that a key may have: the last that was acknowledged (null: none was), and those after it whose fate is unknown.
        var possible = new Dictionary<string, HashSet<string?>>();
        for (var i = 0; !_isOver; i++)
        {
            var key = $"{caller}:{random.Next(Keys)}";
            if (random.Next(2) == 0) await SetAsync(caller, key, i, possible);
            else await GetAsync(caller, key, possible);
        }
    }

    private async Task SetAsync(int caller, string key, int number, Dictionary<string, HashSet<string?>> possible)
    {
        var value = $"{key}={number.ToString(CultureInfo.InvariantCulture)}{new string('.', number * 37 % 5_000)}";
        if (!possible.TryGetValue(key, out var values)) possible[key] = values = [null];
        values.Add(value);
        var isStored = await TimeAsync(caller, async () => Assert.Equal(SetOutcome.Stored, await backend.SetAsync(key, Encoding.UTF8.GetBytes(value))));
        if (isStored) possible[key] = [value];
    }

    private async Task GetAsync(int caller, string key, Dictionary<string, HashSet<string?>> possible)
    {
        string? text = null;
        var isRead = await TimeAsync(caller, async () => text = await backend.GetStringAsync(key));
        if (!isRead) return;
        var isPossible = possible.TryGetValue(key, out var values) && values.Contains(text);
        if (text is not null) Interlocked.Increment(ref _hits);
        if (text is not null && !isPossible) _wrong.Enqueue($"{key}: {text}");
        if (text is null && values is not null && !isPossible) Interlocked.Increment(ref _lost);
    }

    private async Task<bool> TimeAsync(int caller, Func<Task> call)
    {
        var began = Stopwatch.GetTimestamp();
        var isDone = true;
        try
        {
            await call();
            Volatile.Write(ref _lastSuccess[caller], began);
        }
        catch (CacheBackendException)
        {
            isDone = false;
            Interlocked.Increment(ref _failures);
        }

        var ticks = Stopwatch.GetTimestamp() - began;
        for (var longest = Interlocked.Read(ref _longestTicks); ticks > longest;)
        {
            var before = Interlocked.CompareExchange(ref _longestTicks, ticks, longest);
            if (before == longest) break;
            longest = before;
        }

        Interlocked.Increment(ref _calls);

        // A server that is gone fails every call at once: that is no reason to do nothing else.
        if (!isDone) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        return isDone;
    }
}
