using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Cistern.Cli;

// Replays traces of requests as `cistern replay` does, and prints the hit ratios in percent of each policy, with the best that is possible (Belady's).
//   HitRatioBench FOLDER PAGE [policies, comma separated] [part of a trace's name]
// A trace is NAME.u32.gz: a little-endian number of 32 bits for each request. The room is 1, 5, 10 and 25 % of a trace's keys, in entries. PAGE is where the curves
// are drawn; empty: nowhere.
const string Extension = ".u32.gz";
const int ValueBytes = 8;

var folder = args[0];
using var page = args[1].Length == 0 ? null : OutputFile.Create(OutputPath.Check(args[1], "--page"));
var policies = PolicyChoice.Parse(args.Length > 2 && args[2].Length > 0 ? [args[2]] : []);
var only = args.Length > 3 ? args[3] : "";
var room = BoundChoice.OfPercents([1, 5, 10, 25]);
var reports = new List<ReplayReport>();
foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
{
    var name = Path.GetFileName(path)[..^Extension.Length];
    if (name.EndsWith(".sizes", StringComparison.Ordinal) || !name.Contains(only, StringComparison.Ordinal)) continue;
    var log = Read(path, name);
    var report = await ReplayRuns.RunAsync(log, policies, room.Resolve(log.Keys.Length), new ReplayProgress(), CancellationToken.None);
    if (reports.Count == 0) Console.WriteLine($"{"trace@room",-28}{"entries",9} {string.Join(' ', report.Policies.Select(policy => $"{policy,12}"))}");
    foreach (var results in report.Results.GroupBy(result => result.Bound)) Console.WriteLine($"{$"{name}@{results.Key.Percent}",-28}{results.Key.Amount,9} {Line(results.Select(result => result.HitRatio))}");
    reports.Add(report);
}

if (reports.Count == 0)
{
    Console.Error.WriteLine($"{folder}: holds no trace, a file NAME{Extension}{(only.Length == 0 ? "" : $" with '{only}' in its name")}");
    return 2;
}

var all = reports.SelectMany(report => report.Results).GroupBy(result => result.Policy).ToArray();
Console.WriteLine($"{"mean",-37} {Line(all.Select(results => results.Average(result => result.HitRatio)))}");
Console.WriteLine($"{"most below the best policy",-37} {Line(all.Where(results => results.Key != ReplayResult.Optimum).Select(results => reports.Max(report => BelowBest(report, results.Key))))}");
if (page is null) return 0;
ReplayPage.Publish(page, reports);
Console.Error.WriteLine($"{page.Shown} written");
return 0;

static ReplayLog Read(string path, string name)
{
    using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
    using var bytes = new MemoryStream();
    file.CopyTo(bytes);
    var requests = new ReplayLogBuilder(ValueBytes, hasSizes: false);
    Span<char> key = stackalloc char[10];
    foreach (var number in MemoryMarshal.Cast<byte, uint>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)))
    {
        number.TryFormat(key, out var length, provider: CultureInfo.InvariantCulture);
        requests.Add(key[..length]);
    }

    return requests.Build(name);
}

static double BelowBest(ReplayReport report, string policy) =>
    report.Results.Where(result => result.Policy == policy).Max(result => report.BestAt(result.Bound).HitRatio - result.HitRatio);

static string Line(IEnumerable<double> ratios) => string.Join(' ', ratios.Select(ratio => (100 * ratio).ToString("f2", CultureInfo.InvariantCulture).PadLeft(12)));
