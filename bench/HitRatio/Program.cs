using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Cistern;

// Replays traces of requests through the in-memory backend with each kind of eviction, and prints the hit ratios in percent, with the best that is possible (Belady's).
//   HitRatioBench FOLDER [kinds, comma separated] [name of a trace]
// A trace is NAME.u32.gz: a little-endian number of 32 bits for each request. The room is 1, 5, 10 and 25 % of a trace's keys, in entries.
var folder = args[0];
var kinds = (args.Length > 1 ? args[1] : "lru,oldest_added,s3fifo,tiny_lfu,adaptive").Split(',').Select(KindOf).ToArray();
var only = args.Length > 2 ? args[2] : "";
int[] percents = [1, 5, 10, 25];
var sums = new double[kinds.Length + 1];
var largest = new double[kinds.Length];
var cells = 0;
Console.WriteLine($"{"trace@room",-28}{"entries",9} {string.Join(' ', kinds.Select(kind => $"{kind,11}"))} {"possible",11}");
foreach (var path in Directory.EnumerateFiles(folder, "*.u32.gz").Order(StringComparer.Ordinal))
{
    var name = Path.GetFileName(path)[..^".u32.gz".Length];
    if (name.EndsWith(".sizes", StringComparison.Ordinal) || !name.Contains(only, StringComparison.Ordinal)) continue;
    var trace = Read(path);
    var keys = trace.Distinct().ToDictionary(number => number, number => number.ToString(CultureInfo.InvariantCulture));
    foreach (var percent in percents)
    {
        var capacity = Math.Max(1, keys.Count * percent / 100);
        var ratios = kinds.Select(kind => Replay(trace, keys, kind, capacity)).Append(Possible(trace, capacity)).ToArray();
        for (var i = 0; i < ratios.Length; i++) sums[i] += ratios[i];
        for (var i = 0; i < kinds.Length; i++) largest[i] = Math.Max(largest[i], ratios[..^1].Max() - ratios[i]);
        cells++;
        Console.WriteLine(FormattableString.Invariant($"{$"{name}@{percent}",-28}{capacity,9} ") + string.Join(' ', ratios.Select(ratio => ratio.ToString("f2", CultureInfo.InvariantCulture).PadLeft(11))));
    }
}

Console.WriteLine($"{"mean",-37} {string.Join(' ', sums.Select(sum => (sum / cells).ToString("f2", CultureInfo.InvariantCulture).PadLeft(11)))}");
Console.WriteLine($"{"most below the best kind",-37} {string.Join(' ', largest.Select(points => points.ToString("f2", CultureInfo.InvariantCulture).PadLeft(11)))}");

static EvictionMode KindOf(string name) => name switch
{
    "lru" => EvictionMode.Lru,
    "oldest_added" => EvictionMode.OldestAdded,
    "s3fifo" => EvictionMode.S3Fifo,
    "tiny_lfu" => EvictionMode.TinyLfu,
    "adaptive" => EvictionMode.Adaptive,
    _ => throw new ArgumentException($"{name} is no kind of eviction.", nameof(name)),
};

static uint[] Read(string path)
{
    using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
    using var bytes = new MemoryStream();
    file.CopyTo(bytes);
    return MemoryMarshal.Cast<byte, uint>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)).ToArray();
}

static double Replay(uint[] trace, Dictionary<uint, string> keys, EvictionMode kind, int capacity)
{
    using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = capacity, Eviction = kind });
    var value = new byte[8];
    var destination = new byte[8];
    var hits = 0L;
    foreach (var number in trace)
    {
        var key = keys[number];
        if (backend.TryGet(key, destination, out _) == LookupOutcome.Hit) hits++;
        else backend.Set(key, value);
    }

    return 100.0 * hits / trace.Length;
}

// Belady, 1966: of all that could go, what is asked for again the latest.
static double Possible(uint[] trace, int capacity)
{
    var next = new int[trace.Length];
    var last = new Dictionary<uint, int>();
    for (var i = trace.Length - 1; i >= 0; i--)
    {
        next[i] = last.GetValueOrDefault(trace[i], int.MaxValue - (i % 1000));
        last[trace[i]] = i;
    }

    var held = new Dictionary<uint, int>(capacity);
    var latest = new PriorityQueue<(uint Key, int Next), int>();
    var hits = 0L;
    for (var i = 0; i < trace.Length; i++)
    {
        if (held.ContainsKey(trace[i]))
        {
            hits++;
        }
        else if (held.Count == capacity)
        {
            while (latest.Dequeue() is var oldest)
            {
                if (!held.TryGetValue(oldest.Key, out var current) || current != oldest.Next) continue;
                held.Remove(oldest.Key);
                break;
            }
        }

        held[trace[i]] = next[i];
        latest.Enqueue((trace[i], next[i]), -next[i]);
    }

    return 100.0 * hits / trace.Length;
}
