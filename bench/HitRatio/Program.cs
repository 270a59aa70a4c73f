using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Cistern;
using Cistern.Cli;

// Replays traces of requests as `cistern replay` does, and prints the hit ratios in percent of each policy, with the best that is possible (Belady's).
//   HitRatioBench FOLDER PAGE BYTES [policies, comma separated] [part of a trace's name]
// A trace is NAME.u32.gz: a little-endian number of 32 bits for each request. The room is 1, 5, 10 and 25 % of a trace's keys, in entries (BYTES: empty), or in so many
// bytes of all memory for each, with keys of 19 characters and values of 100 bytes. PAGE is where the curves are drawn; empty: nowhere.
const string Extension = ".u32.gz";
const int KeyChars = 19;
decimal[] percents = [1, 5, 10, 25];

var folder = args[0];
long? entryBytes = args[2].Length == 0 ? null : long.Parse(args[2], CultureInfo.InvariantCulture);
var valueBytes = entryBytes is null ? 8 : 100;
OutputFile? output;
IReadOnlyList<EvictionMode> policies;
try
{
    output = args[1].Length == 0 ? null : OutputFile.Create(OutputPath.Check(args[1], "--page"));
    policies = PolicyChoice.Parse(args.Length > 3 && args[3].Length > 0 ? [args[3]] : []);
}
catch (BadInputException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}

using var page = output;
var only = args.Length > 4 ? args[4] : "";
var reports = new List<ReplayReport>();
foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
{
    var name = Path.GetFileName(path)[..^Extension.Length];
    if (name.EndsWith(".sizes", StringComparison.Ordinal) || !name.Contains(only, StringComparison.Ordinal)) continue;
    var log = Read(path, name);
    var report = await ReplayRuns.RunAsync(log, policies, Room(log.Keys.Length), new ReplayProgress(), CancellationToken.None);
    if (reports.Count == 0) Console.WriteLine($"{"trace@room",-28}{(entryBytes is null ? "entries" : "bytes"),10} {string.Join(' ', report.Policies.Select(policy => $"{policy,12}"))}");
    foreach (var results in report.Results.GroupBy(result => result.Bound)) Console.WriteLine($"{$"{name}@{results.Key.Percent}",-28}{results.Key.Amount,10} {Line(results.Select(result => result.HitRatio))}");
    reports.Add(report);
}

if (reports.Count == 0)
{
    Console.Error.WriteLine($"{folder}: holds no trace, a file NAME{Extension}{(only.Length == 0 ? "" : $" with '{only}' in its name")}");
    return 2;
}

var all = reports.SelectMany(report => report.Results).GroupBy(result => result.Policy).ToArray();
Console.WriteLine($"{"mean",-38} {Line(all.Select(results => results.Average(result => result.HitRatio)))}");
Console.WriteLine($"{"most below the best policy",-38} {Line(all.Where(results => results.Key != ReplayResult.Optimum).Select(results => reports.Max(report => BelowBest(report, results.Key))))}");
if (page is null) return 0;
ReplayPage.Publish(page, reports);
Console.Error.WriteLine($"{page.Shown} written");
return 0;

IReadOnlyList<ReplayBound> Room(long keys)
{
    var entries = BoundChoice.OfPercents(percents).Resolve(keys);
    return entryBytes is not { } bytes ? entries : [.. entries.Select(bound => new ReplayBound(ReplayMeasure.MaxMemory, bound.Amount * bytes) { Percent = bound.Percent })];
}

ReplayLog Read(string path, string name)
{
    using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
    using var bytes = new MemoryStream();
    file.CopyTo(bytes);
    var requests = new ReplayLogBuilder(valueBytes, hasSizes: false);
    Span<char> key = stackalloc char[KeyChars];
    foreach (var number in MemoryMarshal.Cast<byte, uint>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)))
    {
        number.TryFormat(key, out var length, entryBytes is null ? "" : "'key:'000000000000000", CultureInfo.InvariantCulture);
        requests.Add(key[..length]);
    }

    return requests.Build(name);
}

static double BelowBest(ReplayReport report, string policy) =>
    report.Results.Where(result => result.Policy == policy).Max(result => report.BestAt(result.Bound).HitRatio - result.HitRatio);

static string Line(IEnumerable<double> ratios) => string.Join(' ', ratios.Select(ratio => (100 * ratio).ToString("f2", CultureInfo.InvariantCulture).PadLeft(12)));
