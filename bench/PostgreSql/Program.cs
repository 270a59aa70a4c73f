using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cistern;
using Cistern.Bench;

// Sets entries with keys of 19 bytes and values of 100 bytes in a PostgreSQL server of this machine, and prints how many seconds that took, and the most memory the process held, in KB.
//   PostgreSqlBench file FILE ENTRIES                writes what \copy reads: the same rows
//   PostgreSqlBench create ADDRESS                   makes the address's table, as the backend does
//   PostgreSqlBench set ADDRESS ENTRIES BATCH        set many, so many at a time
const int Warm = 50_000;
const int WarmBatch = 10_000;

var value = Encoding.ASCII.GetBytes(new string('v', 100));
if (args[0] == "file")
{
    CopyFile.Write(args[1], int.Parse(args[2], CultureInfo.InvariantCulture), value);
    return;
}

var address = BackendAddress.Parse(args[1]);
if (args[0] == "create")
{
    await using var made = await PostgreSqlScheme.Instance.OpenAsync(address, BackendOpening.Default, default);
    return;
}

var (entries, batch) = (int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture));
await using (var warm = await PostgreSqlScheme.Instance.OpenAsync(BackendAddress.Parse($"{args[1]}_warm"), BackendOpening.Default, default))
{
    // Twice: new keys, and keys that are there.
    foreach (var requests in Requests(Warm).Concat(Requests(Warm)).Chunk(Math.Min(batch, WarmBatch))) await warm.SetManyAsync(requests);
}

await using var backend = await PostgreSqlScheme.Instance.OpenAsync(address, BackendOpening.Default, default);
await backend.GetAsync("");
var batches = Requests(entries).Chunk(batch).ToArray();
GC.Collect();
var began = Stopwatch.GetTimestamp();
foreach (var requests in batches) await backend.SetManyAsync(requests);
var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
using var self = Process.GetCurrentProcess();
Console.WriteLine($"{seconds.ToString("f4", CultureInfo.InvariantCulture)} {self.PeakWorkingSet64 / 1024}");

IEnumerable<SetRequest> Requests(int count) => Enumerable.Range(0, count).Select(i => new SetRequest(BenchKey.Of(i), value));
