using System.Globalization;
using System.Text;
using Cistern;

// Writes records that are made on the way to one backend or to several at once, all unbounded, and checks the report and what was stored.
// Prints the seconds until the report was there, the most memory the process held, and what the memory backend says it holds, in MB.
//   WriterBench FOLDER RECORDS VALUE_BYTES memory|file|sqlite...
var (folder, records, valueBytes) = (args[0], Number(1), Number(2));
var backends = args[3..].Select(Open).ToList();
var report = await new CacheWriter(backends).WriteAsync(Records());
if (!report.IsComplete) throw new InvalidOperationException($"The write is not complete: {report.Backends[0].FirstError}");
var held = 0L;
foreach (var backend in backends)
{
    var stats = await backend.GetStatsAsync();
    if (stats.CurrentEntries != records) throw new InvalidOperationException($"{backend.Name} holds {stats.CurrentEntries} entries.");
    if (backend is InMemoryBackend) held = stats.MemoryBytes ?? 0;
    for (var i = 0; i < records; i += 9973)
    {
        if (!(await backend.GetAsync(Key(i))).AsSpan().SequenceEqual(Value(i))) throw new InvalidOperationException($"{Key(i)} is not in {backend.Name}.");
    }
}

Console.WriteLine(FormattableString.Invariant($"{report.Elapsed.TotalSeconds:f3} {Peak() / 1024.0:f0} {held / 1024.0 / 1024.0:f0}"));
foreach (var backend in backends) backend.Dispose();

CacheBackend Open(string name) => name switch
{
    "memory" => new InMemoryBackend(InMemoryBackendOptions.Unbounded),
    "file" => FileBackend.Open(Path.Combine(folder, "cache.json"), new FileBackendOptions { IsUnbounded = true }),
    "sqlite" => SqliteBackend.Open(Path.Combine(folder, "cache.db")),
    _ => throw new ArgumentException($"{name} is no backend here.", nameof(name)),
};

IEnumerable<WriteRecord> Records()
{
    for (var i = 0; i < records; i++) yield return new WriteRecord(Key(i), Value(i));
}

// In no order, as keys come.
string Key(int i) => $"key:{i * 2654435761L % 1_000_000_007:d15}";

byte[] Value(int i)
{
    var value = new byte[valueBytes];
    value.AsSpan().Fill((byte)('a' + (i % 26)));
    Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture), value);
    return value;
}

// In KB.
long Peak() => long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))[6..^2], CultureInfo.InvariantCulture);

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
