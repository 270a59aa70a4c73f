using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Cistern.Soak;

/// <summary>
/// Some callers that do everything a backend can, without pause. Each has keys of its own and knows what must be there: every answer is checked. Entries may be absent where the backend evicts, never wrong.
/// </summary>
internal sealed class MixedLoad(CacheBackend backend, int seed)
{
    private const int Callers = 4;
    private const int Keys = 2_000;
    private const int LongestValue = 2_000;
    private const int BatchKeys = 50;

    // A tenth of growth, or so many bytes: less is the collector's mood.
    private const double Growth = 1.1;
    private const long Allowance = 30L << 20;

    private long _calls;
    private long _wrong;
    private long _failed;
    private volatile bool _isOver;

    public long Calls => Interlocked.Read(ref _calls);

    public long Wrong => Interlocked.Read(ref _wrong);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The bytes of the process after a tenth of the time, and at the end.</summary>
    public long MemoryBefore { get; private set; }

    /// <inheritdoc cref="MemoryBefore"/>
    public long MemoryAfter { get; private set; }

    /// <summary>Runs it; true: nothing was wrong, nothing failed, and memory is as it was.</summary>
    public async Task<bool> RunAsync(TimeSpan duration)
    {
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller))).ToList();
        await Task.Delay(duration / 10, TimeProvider.System);
        MemoryBefore = Measure();
        await Task.Delay(duration - duration / 10, TimeProvider.System);
        MemoryAfter = Measure();
        _isOver = true;
        await Task.WhenAll(callers);
        return Wrong == 0 && Failed == 0 && Calls > 0 && MemoryAfter <= Math.Max(Growth * MemoryBefore, MemoryBefore + Allowance);
    }

    private static long Measure()
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private async Task CallAsync(int caller)
    {
        var random = new Random(seed + caller);
        var held = new Dictionary<string, string>();
        while (!_isOver)
        {
            try
            {
                await StepAsync(caller, random, held);
            }
            catch (CacheBackendException fault)
            {
                if (Interlocked.Increment(ref _failed) <= 5) Console.Error.WriteLine(fault.Message);
            }

            Interlocked.Increment(ref _calls);
        }
    }

    private async Task StepAsync(int caller, Random random, Dictionary<string, string> held)
    {
        var key = $"{caller}:{random.Next(Keys)}";
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                held[key] = Value(key, random);
                Check(await backend.SetAsync(key, Encoding.UTF8.GetBytes(held[key]), Options(random)) == SetOutcome.Stored);
                break;
            case 3:
                var requests = Enumerable.Range(0, random.Next(1, BatchKeys)).Select(_ => $"{caller}:{random.Next(Keys)}").Distinct().Select(each => (Key: each, Value: Value(each, random))).ToList();
                foreach (var (each, value) in requests) held[each] = value;
                Check((await backend.SetManyAsync(requests.Select(request => new SetRequest(request.Key, Encoding.UTF8.GetBytes(request.Value), Options(random))))).All(outcome => outcome == SetOutcome.Stored));
                break;
            case 4:
                var found = await backend.GetManyAsync(Enumerable.Range(0, random.Next(1, BatchKeys)).Select(_ => $"{caller}:{random.Next(Keys)}"));
                Check(found.All(pair => held.TryGetValue(pair.Key, out var value) && value == Encoding.UTF8.GetString(pair.Value)));
                break;
            case 5:
                await backend.DeleteAsync(key);
                held.Remove(key);
                Check(!await backend.ExistsAsync(key));
                break;
            case 6:
                await backend.TouchAsync(key, TimeSpan.FromMinutes(random.Next(1, 60)));
                break;
            case 7:
                Check(await backend.SetAsync(key, Encoding.UTF8.GetBytes("other"), new SetOptions { Condition = SetCondition.IfAbsent }) is not (SetOutcome.Superseded or SetOutcome.AlreadyCurrent));
                if (await backend.GetStringAsync(key) is "other") held[key] = "other";
                break;
            case 8 when random.Next(200) == 0 && backend.Capabilities.ListsKeys:
                await foreach (var listed in backend.KeysAsync($"{caller}:*")) Check(held.ContainsKey(listed));
                break;
            case 9:
                var entry = await backend.GetEntryAsync(key);
                Check(entry is null || (held.TryGetValue(key, out var inspected) && inspected == Encoding.UTF8.GetString(entry.Value.Span)));
                break;
            default:
                var text = await backend.GetStringAsync(key);
                Check(text is null || (held.TryGetValue(key, out var expected) && text == expected));
                break;
        }
    }

    private void Check(bool isRight)
    {
        if (!isRight) Interlocked.Increment(ref _wrong);
    }

    private static string Value(string key, Random random) => $"{key}={random.Next().ToString(CultureInfo.InvariantCulture)}{new string('.', random.Next(LongestValue))}";

    private static SetOptions? Options(Random random) => random.Next(3) == 0 ? new SetOptions { TimeToLive = TimeSpan.FromMinutes(random.Next(1, 60)), Metadata = new Dictionary<string, string> { ["n"] = "1" } } : null;
}
