using System.Diagnostics;
using System.Globalization;
using Cistern;
using Cistern.Bench;

// Measures one store in one way, and prints one figure. The script beside it runs stores in turn and compares them.
//   MemoryBench STORE WAY [keys] [value bytes] [threads] [characters of a key]
// STORE: dictionary, dictionary+copy, memorycache, lru, oldest_added, s3fifo, tiny_lfu, adaptive.
// WAY: get (ns for a get), many (ns for each key of a get of 32), place (ns for a look at a value where it is), read (gets per CPU second), mixed (95 % gets, 5 % sets, per CPU second), miss (gets per CPU second with a tenth of the room, misses set; and the hit ratio),
//      churn (percent of the time paused for collections, and the longest pause in ms, while new keys are set into a full store),
//      pressure (what a heap with a limit, DOTNET_GCHeapHardLimit, holds while the program takes more and more of it, and how many of its own allocations failed),
//      growth (MB by which the process grew, MB of the store's own account, and the first divided by the second), bytes (per entry beyond key and value), gc (ms of a full blocking collection), allocated (bytes for a get, an overwrite, a set that evicts).
var (name, way) = (args[0], args[1]);
int keyCount = Number(2, 1_000_000), valueBytes = Number(3, 100), threads = Number(4, 2), keyChars = Number(5, 19);
const double Skew = 0.99;
var value = new byte[valueBytes];
value.AsSpan().Fill((byte)'v');

switch (way)
{
    case "get": Print(NanosecondsPer(GetAll)); break;
    case "many": Print(NanosecondsPer(GetAllInGroups)); break;
    case "place": Print(NanosecondsPer(ReadAll)); break;
    case "read": Print(PerCpuSecond(0)); break;
    case "mixed": Print(PerCpuSecond(5)); break;
    case "miss": WithMisses(); break;
    case "bytes": Print(BytesPerEntry()); break;
    case "growth": Growth(); break;
    case "gc": Print(Collection()); break;
    case "churn": Churn(); break;
    case "pressure": Pressure(); break;
    case "allocated": Allocated(); break;
    default: throw new ArgumentException($"{way} is no way to measure.", nameof(args));
}

IStore Open(long? capacity = null) => name switch
{
    "dictionary" => new DictionaryStore(copies: false),
    "dictionary+copy" => new DictionaryStore(copies: true),
    "memorycache" => new MemoryCacheStore(capacity),
    "lru" => new CisternStore(EvictionMode.Lru, capacity),
    "oldest_added" => new CisternStore(EvictionMode.OldestAdded, capacity),
    "s3fifo" => new CisternStore(EvictionMode.S3Fifo, capacity),
    "tiny_lfu" => new CisternStore(EvictionMode.TinyLfu, capacity),
    "adaptive" => new CisternStore(EvictionMode.Adaptive, capacity),
    _ => throw new ArgumentException($"{name} is no store.", nameof(args)),
};

// In no order; of 8 characters or more.
string Key(int i)
{
    var number = (i * 2654435761L % 1_000_000_007).ToString(CultureInfo.InvariantCulture);
    return keyChars < 12 ? i.ToString(CultureInfo.InvariantCulture).PadLeft(keyChars, '0') : string.Concat("key:", number.PadLeft(keyChars - "key:".Length, '0'));
}

IStore Filled()
{
    var store = Open();
    for (var i = 0; i < keyCount; i++) store.Set(Key(i), value);
    return store;
}

// The keys that are asked for are not the strings that were stored: whoever asks has just made them.
string[] Drawn(int count, int seed)
{
    var keys = Enumerable.Range(0, keyCount).Select(Key).ToArray();
    var ranks = new ZipfRanks(keyCount, Skew, new Random(seed));
    return Enumerable.Range(0, count).Select(_ => keys[ranks.Next()]).ToArray();
}

double NanosecondsPer(Look look)
{
    var store = Filled();

    // Fewer where each copies much: a round is to take a second or so.
    const int lookups = 2_000_000, bytesInAll = 1 << 30;
    var drawn = Drawn(Math.Min(lookups, Math.Max(10_000, bytesInAll / valueBytes)), 1);
    var rounds = new List<double>();
    WarmUp(() => look(store, drawn.AsSpan(0, drawn.Length / 20)));
    for (var round = 0; round < 7; round++)
    {
        var started = Stopwatch.GetTimestamp();
        var hits = look(store, drawn);
        if (hits != drawn.Length) throw new InvalidOperationException($"{drawn.Length - hits} misses.");
        rounds.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / drawn.Length);
    }

    return rounds.Order().ElementAt(rounds.Count / 2);
}

int GetAll(IStore store, ReadOnlySpan<string> keys)
{
    var destination = new byte[valueBytes];
    var hits = 0;
    foreach (var key in keys) hits += store.Get(key, destination) ? 1 : 0;
    return hits;
}

int GetAllInGroups(IStore store, ReadOnlySpan<string> keys)
{
    const int size = 32;
    var destination = new byte[size * valueBytes];
    var hits = 0;
    for (; keys.Length >= size; keys = keys[size..]) hits += store.GetMany(keys[..size], destination);
    return hits + store.GetMany(keys, destination);
}

int ReadAll(IStore store, ReadOnlySpan<string> keys)
{
    var sum = new int[1];
    var hits = 0;
    foreach (var key in keys) hits += store.Read(key, sum) ? 1 : 0;
    return hits;
}

// Until the compiler has done its best, which it does in steps, each after a tenth of a second.
void WarmUp(Action act)
{
    var started = Stopwatch.GetTimestamp();
    while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2)) act();
}

double PerCpuSecond(int setPercent)
{
    var store = Filled();
    var drawn = Enumerable.Range(0, threads).Select(thread => Drawn(1_000_000, thread + 1)).ToArray();
    WarmUp(() => Run(1));
    GC.Collect();
    return Run(5);

    double Run(int rounds)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        Parallel(thread =>
        {
            var destination = new byte[valueBytes];
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < drawn[thread].Length; i++)
                {
                    if (setPercent > 0 && i % 100 < setPercent) store.Set(drawn[thread][i], value);
                    else store.Get(drawn[thread][i], destination);
                }
            }
        });
        process.Refresh();
        return (double)rounds * threads * drawn[0].Length / (process.TotalProcessorTime - before).TotalSeconds;
    }
}

void Parallel(Action<int> work)
{
    var all = Enumerable.Range(0, threads).Select(thread => new Thread(() => work(thread))).ToList();
    all.ForEach(thread => thread.Start());
    all.ForEach(thread => thread.Join());
}

void WithMisses()
{
    var store = Open(keyCount / 10);
    var drawn = Drawn(3_000_000, 1);
    var destination = new byte[valueBytes];
    WarmUp(() => GetOrSetAll());
    using var process = Process.GetCurrentProcess();
    var before = process.TotalProcessorTime;
    const int rounds = 3;
    var found = Enumerable.Range(0, rounds).Sum(_ => GetOrSetAll());
    process.Refresh();
    var lookups = rounds * drawn.Length;
    Console.WriteLine(FormattableString.Invariant($"{lookups / (process.TotalProcessorTime - before).TotalSeconds:f0} {100.0 * found / lookups:f2}"));

    int GetOrSetAll()
    {
        var hits = 0;
        foreach (var key in drawn)
        {
            if (store.Get(key, destination)) hits++;
            else store.Set(key, value);
        }

        return hits;
    }
}

double BytesPerEntry()
{
    var before = GC.GetTotalMemory(forceFullCollection: true);
    var store = Filled();
    var held = GC.GetTotalMemory(forceFullCollection: true) - before;
    GC.KeepAlive(store);
    return (double)held / keyCount - Key(0).Length - valueBytes;
}

void Growth()
{
    // What the code itself takes, and what a collector keeps for what comes next, is not the store's.
    var small = Open();
    for (var i = 0; i < 20_000; i++) small.Set(Key(i), value);
    var before = Settled();
    var store = Filled();
    var grown = Settled() - before;
    var account = ((CisternStore)store).Backend.GetStatsAsync().AsTask().Result.MemoryBytes ?? 0;
    const double megabyte = 1024 * 1024;
    Console.WriteLine(FormattableString.Invariant($"{grown / megabyte:f1} {account / megabyte:f1} {(double)grown / account:f3}"));
    GC.KeepAlive(small);
    GC.KeepAlive(store);

    static long Settled()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}

double Collection()
{
    var store = Filled();
    GC.Collect();
    var times = new List<double>();
    for (var i = 0; i < 5; i++)
    {
        var started = Stopwatch.GetTimestamp();
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    GC.KeepAlive(store);
    return times.Order().ElementAt(2);
}

void Churn()
{
    var store = Open(keyCount);
    for (var i = 0; i < keyCount; i++) store.Set(Key(i), value);
    GC.Collect();
    var (started, paused, longest, collections) = (Stopwatch.GetTimestamp(), GC.GetTotalPauseDuration(), TimeSpan.Zero, GC.CollectionCount(0));
    for (var i = keyCount; Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10); i++)
    {
        store.Set(Key(i), value);
        if (GC.CollectionCount(0) == collections) continue;
        collections = GC.CollectionCount(0);
        foreach (var pause in GC.GetGCMemoryInfo(GCKind.Any).PauseDurations) longest = pause > longest ? pause : longest;
    }

    var share = (GC.GetTotalPauseDuration() - paused) / Stopwatch.GetElapsedTime(started);
    Console.WriteLine(FormattableString.Invariant($"{100 * share:f2} {longest.TotalMilliseconds:f2}"));
    GC.KeepAlive(store);
}

void Pressure()
{
    var store = Open();
    var own = new List<byte[]>();
    var (failed, held) = (0, new List<string>());
    for (var i = 0; i < keyCount; i++)
    {
        store.Set(Key(i), value);
        if (i % 1000 == 0)
        {
            try { own.Add(new byte[64 * 1024]); }
            catch (OutOfMemoryException) { failed++; }
        }

        if (i % (keyCount / 5) == keyCount / 5 - 1) held.Add(Megabytes(((CisternStore)store).Backend));
    }

    own.Clear();
    GC.Collect();
    for (var i = 0; i < keyCount / 3; i++) store.Set(Key(i), value);
    Console.WriteLine($"{string.Join(' ', held)} then {Megabytes(((CisternStore)store).Backend)}, failed {failed}");

    static string Megabytes(InMemoryBackend backend) =>
        ((backend.GetStatsAsync().AsTask().Result.MemoryBytes ?? 0) >> 20).ToString(CultureInfo.InvariantCulture);
}

void Allocated()
{
    var store = Open(keyCount / 10);
    var keys = Enumerable.Range(0, keyCount).Select(Key).ToArray();
    var destination = new byte[valueBytes];
    foreach (var key in keys) store.Set(key, value);
    var held = keys.Where(key => store.Get(key, destination)).Take(keyCount / 20).ToArray();
    var get = Measure(held, key => store.Get(key, destination));
    var overwrite = Measure(held, key => store.Set(key, value));
    foreach (var key in keys) store.Set(key, value);
    Console.WriteLine(FormattableString.Invariant($"{get:f1} {overwrite:f1} {Measure(keys, key => store.Set(key, value)):f1}"));

    static double Measure(string[] keys, Action<string> act)
    {
        act(keys[0]);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        foreach (var key in keys) act(key);
        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / keys.Length;
    }
}

int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

void Print(double figure) => Console.WriteLine(figure.ToString("f1", CultureInfo.InvariantCulture));
