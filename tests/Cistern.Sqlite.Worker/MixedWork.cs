using System.Text;

namespace Cistern.Tests;

/// <summary>
/// One of several processes on one file: works on keys of its own, which it can predict, and on keys that all share. Prints what went wrong, one line
/// each; ends with 0 if nothing did.
/// </summary>
internal sealed class MixedWork
{
    private const int OwnKeys = 200;
    private const int SharedKeys = 20;

    private readonly SqliteBackend _backend;
    private readonly string _worker;
    private readonly Random _random;
    private readonly Dictionary<string, string> _expected = [];
    private int _wrong;

    private MixedWork(SqliteBackend backend, int worker)
    {
        _backend = backend;
        _worker = $"{worker}";
        _random = new Random(worker);
    }

    public static int Run(string path, int worker, int operations)
    {
        using var backend = SqliteBackend.Open(path);
        var work = new MixedWork(backend, worker);
        for (var i = 0; i < operations; i++)
        {
            try { work.Do(i); }
            catch (CacheBackendException fault) { work.Wrong(fault.Message); }
        }

        work.CheckAll();
        return work._wrong == 0 ? 0 : 1;
    }

    private void Do(int step)
    {
        var key = $"{_worker}:{_random.Next(OwnKeys)}";
        switch (_random.Next(10))
        {
            case 0 or 1 or 2:
                var value = $"{step}:{new string('x', _random.Next(300))}";
                _backend.Set(key, Encoding.ASCII.GetBytes(value));
                _expected[key] = value;
                break;
            case 3:
                if (_backend.Delete(key) != _expected.Remove(key)) Wrong($"delete of {key} was not what is there");
                break;
            case 4:
                var keys = Enumerable.Range(0, 10).Select(_ => $"{_worker}:{_random.Next(OwnKeys)}").Distinct().ToList();
                _backend.SetManyAsync(keys.Select(each => new SetRequest(each, Encoding.ASCII.GetBytes($"batch {step}"), null))).AsTask().GetAwaiter().GetResult();
                foreach (var each in keys) _expected[each] = $"batch {step}";
                break;
            case 5:
                _backend.Set($"shared:{_random.Next(SharedKeys)}", Encoding.ASCII.GetBytes($"{step}"), SetOptions.IfNewer(step));
                break;
            case 6:
                _backend.Delete($"shared:{_random.Next(SharedKeys)}");
                break;
            default:
                Check(key);
                break;
        }
    }

    private void CheckAll()
    {
        for (var i = 0; i < OwnKeys; i++) Check($"{_worker}:{i}");
    }

    private void Check(string key)
    {
        var found = _backend.Get(key) is { } value ? Encoding.ASCII.GetString(value) : null;
        if (found != _expected.GetValueOrDefault(key)) Wrong($"{key} is not what was stored last");
    }

    private void Wrong(string what)
    {
        _wrong++;
        Console.WriteLine($"worker {_worker}: {what}");
    }
}
