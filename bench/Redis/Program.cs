using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cistern;
using StackExchange.Redis;

// Writes entries with keys of 19 bytes and values of 100 bytes to a Redis server of this machine, and prints how many seconds that took.
//   RedisBench pipe FILE ENTRIES     writes what redis-cli --pipe reads: the same entries as plain SETs; pipe-ttl: with a TTL of an hour
//   RedisBench WAY PORT ENTRIES [BATCH]      plain: set many; ttl: the same with a TTL; newer: with versions; again: with higher ones, over those of newer; multiplexer: plain SETs by StackExchange.Redis, 64 at a time
const int Window = 64;

// Until the runtime has compiled everything as well as it can, on the other core, which the server needs.
const int WarmEntries = 2_000_000;

var entries = int.Parse(args[2], CultureInfo.InvariantCulture);
var batch = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 5_000;
var value = Encoding.ASCII.GetBytes(new string('v', 100));
if (args[0] is "pipe" or "pipe-ttl")
{
    var (strings, end) = args[0] == "pipe" ? (3, "") : (5, "$2\r\nPX\r\n$7\r\n3600000\r\n");
    using var file = File.Create(args[1]);
    for (var i = 0; i < entries; i++) file.Write(Encoding.ASCII.GetBytes($"*{strings}\r\n$3\r\nSET\r\n$19\r\n{Key(i)}\r\n$100\r\n{new string('v', 100)}\r\n{end}"));
    return;
}

var configuration = new ConfigurationOptions { EndPoints = { { "127.0.0.1", int.Parse(args[1], CultureInfo.InvariantCulture) } } };
if (args[0] == "multiplexer")
{
    using var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
    var database = multiplexer.GetDatabase();
    var waiting = new List<Task>(Window);
    var began = Stopwatch.GetTimestamp();
    for (var i = 0; i < entries; i++)
    {
        waiting.Add(database.StringSetAsync(Key(i), value));
        if (waiting.Count < Window && i < entries - 1) continue;
        await Task.WhenAll(waiting);
        waiting.Clear();
    }

    Print(began);
    return;
}

await using var backend = await RedisBackend.OpenAsync(configuration);
var requests = Enumerable.Range(0, entries).Select(i => new SetRequest(Key(i), value, Options(args[0], 2))).Chunk(batch).ToArray();
var warm = new SetRequest[batch];
for (var round = 0; round < WarmEntries / batch; round++)
{
    for (var i = 0; i < batch; i++) warm[i] = new SetRequest($"warm{i}", value, Options(args[0], round + 1));
    await backend.SetManyAsync(warm);
}

GC.Collect();
var start = Stopwatch.GetTimestamp();
foreach (var some in requests) await backend.SetManyAsync(some);
Print(start);

static string Key(int i) => $"key:{i:d15}";

static SetOptions? Options(string way, long version) => way switch
{
    "newer" => SetOptions.IfNewer(version),
    "again" => SetOptions.IfNewer(version + 1),
    "ttl" => new SetOptions { TimeToLive = TimeSpan.FromHours(1) },
    _ => null,
};

static void Print(long began) => Console.WriteLine(Stopwatch.GetElapsedTime(began).TotalSeconds.ToString("f4", CultureInfo.InvariantCulture));
