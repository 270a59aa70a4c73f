using System.Text;

namespace Cistern.Tests;

/// <summary>What a run of numbered operations leaves, kept as plainly as it can be, to compare a file with.</summary>
internal sealed class Model
{
    private const int Keys = 7;

    /// <summary>The values after each number of operations.</summary>
    public List<Dictionary<string, string>> States { get; } = [[]];

    public Dictionary<string, string> Last => States[^1];

    /// <summary>Every value that a key ever had.</summary>
    public HashSet<(string Key, string Value)> Written { get; } = [];

    /// <summary>Does the next operation in the model, then on the backend; the model keeps it whatever the backend does.</summary>
    public void Run(FileBackend backend) => Step(States.Count)(backend, Advance());

    /// <summary>What the operation of a number does to a backend; sets come as text, as bytes, with a version, a TTL, metadata, and in batches.</summary>
    public static Action<FileBackend, Dictionary<string, string>> Step(int number) => (number % 10) switch
    {
        3 => (backend, _) => backend.Delete(Key(number - 1)),
        6 => (backend, after) => backend.SetManyAsync(BatchKeys(number).Select(key => new SetRequest(key, Bytes(after[key])))).AsTask().GetAwaiter().GetResult(),
        8 => (backend, _) => backend.TouchAsync(Key(number - 1), TimeSpan.FromHours(2)).AsTask().GetAwaiter().GetResult(),
        9 when number % 20 == 19 => (backend, _) => backend.ClearAsync().AsTask().GetAwaiter().GetResult(),
        _ => (backend, after) => backend.Set(Key(number), Bytes(after[Key(number)]), Options(number)),
    };

    public static Dictionary<string, string> Read(FileBackend backend)
    {
        var read = new Dictionary<string, string>();
        foreach (var key in backend.KeysAsync().ToBlockingEnumerable()) read[key] = Encoding.Latin1.GetString(backend.Get(key)!);
        return read;
    }

    public static string Show(Dictionary<string, string> state) => string.Join(", ", state.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value[..Math.Min(12, pair.Value.Length)]}"));

    public static bool AreEqual(Dictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static string Key(int number) => $"key {number % Keys}";

    private static IEnumerable<string> BatchKeys(int number) => Enumerable.Range(number, 3).Select(Key);

    // Latin-1 keeps every byte, so that half of the values are no valid UTF-8.
    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static SetOptions? Options(int number) => (number % 10) switch
    {
        1 => new SetOptions { TimeToLive = TimeSpan.FromHours(1) },
        4 => new SetOptions { Metadata = new Dictionary<string, string> { ["number"] = $"{number}" } },
        7 => SetOptions.IfNewer(number),
        _ => null,
    };

    private Dictionary<string, string> Advance()
    {
        var number = States.Count;
        var after = new Dictionary<string, string>(Last);
        switch (number % 10)
        {
            case 3: after.Remove(Key(number - 1)); break;
            case 6: foreach (var key in BatchKeys(number)) after[key] = Value(number, key); break;
            case 8: break;
            case 9 when number % 20 == 19: after.Clear(); break;
            default: after[Key(number)] = Value(number, Key(number)); break;
        }

        foreach (var (key, value) in after) Written.Add((key, value));
        States.Add(after);
        return after;
    }

    private static string Value(int number, string key) => $"{number} of {key}{(number % 2 == 0 ? "" : "\u00ff\u0001\"")}{new string('x', number * 7 % 90)}";
}
