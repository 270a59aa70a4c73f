using System.Text;

namespace Cistern.Tests;

/// <summary>
/// One of several processes that fill one file beyond its bounds, with entries that end soon: any entry may be gone, evicted by anybody, but what is
/// there is what was stored last, and never after its end. Prints what went wrong, one line each; ends with 0 if nothing did.
/// </summary>
internal sealed class BoundedWork
{
    private const int Capacity = 150;
    private const int MaxSizeBytes = 200_000;

    private const int OwnKeys = 100;
    private const int LongestTtlMilliseconds = 200;
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(20);

    private readonly SqliteBackend _backend;
    private readonly string _worker;
    private readonly Random _random;
    private readonly Dictionary<string, (string Value, TimeSpan? TimeToLive, long StoredAt)> _stored = [];
    private int _wrong;

    private BoundedWork(SqliteBackend backend, int worker)
    {
        _backend = backend;
        _worker = $"{worker}";
        _random = new Random(worker);
    }

    public static int Run(string path, int worker, int operations)
    {
        using var backend = SqliteBackend.Open(path, new SqliteBackendOptions { Capacity = Capacity, MaxSizeBytes = MaxSizeBytes });
        var work = new BoundedWork(backend, worker);
        for (var i = 0; i < operations; i++)
        {
            try { work.Do(i); }
            catch (CacheBackendException fault) { work.Wrong(fault.Message); }
        }

        return work._wrong == 0 ? 0 : 1;
    }

    private void Do(int step)
    {
        var key = $"{_worker}:{_random.Next(OwnKeys)}";
        switch (_random.Next(20))
        {
            case < 6:
                var options = NewOptions();
                var value = NewValue(step);
                if (_backend.Set(key, Encoding.ASCII.GetBytes(value), options) != SetOutcome.Stored) Wrong($"{key} was not stored");
                Remember(key, value, options);
                break;
            case 6:
                var batch = Enumerable.Range(0, 10).Select(_ => $"{_worker}:{_random.Next(OwnKeys)}").Distinct().Select(each => (Key: each, Value: NewValue(step), Options: NewOptions())).ToList();
                _backend.SetManyAsync(batch.Select(each => new SetRequest(each.Key, Encoding.ASCII.GetBytes(each.Value), each.Options))).AsTask().GetAwaiter().GetResult();
                foreach (var each in batch) Remember(each.Key, each.Value, each.Options);
                break;
            case 7:
                _backend.Delete(key);
                _stored.Remove(key);
                break;
            case 8 when step % 10 == 0:
                _backend.ClearAsync().AsTask().GetAwaiter().GetResult();
                break;
            default:
                Check(key);
                break;
        }
    }

    private SetOptions NewOptions() => new() { TimeToLive = _random.Next(2) == 0 ? null : TimeSpan.FromMilliseconds(1 + _random.Next(LongestTtlMilliseconds)) };

    private string NewValue(int step) => $"{step}:{new string('x', _random.Next(4_000))}";

    private void Remember(string key, string value, SetOptions options) => _stored[key] = (value, options.TimeToLive, TimeProvider.System.GetTimestamp());

    private void Check(string key)
    {
        // The TTL began before the set came back, and the time is taken before the lookup: whoever is slow only makes the check milder.
        var now = TimeProvider.System.GetTimestamp();
        if (_backend.Get(key) is not { } bytes) return;
        if (!_stored.TryGetValue(key, out var last)) Wrong($"{key} is there though it was deleted, or never stored");
        else if (Encoding.ASCII.GetString(bytes) != last.Value) Wrong($"{key} is not what was stored last");
        else if (last.TimeToLive + Rounding < TimeProvider.System.GetElapsedTime(last.StoredAt, now)) Wrong($"{key} has outlived its TTL");
    }

    private void Wrong(string what)
    {
        _wrong++;
        Console.WriteLine($"worker {_worker}: {what}");
    }
}
