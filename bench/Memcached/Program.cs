using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Cistern;

// Sets entries with keys of 19 bytes and values of 100 bytes on a memcached server of this machine; prints the seconds that took, and the bytes allocated for each.
//   MemcachedBench raw PORT ENTRIES WINDOW        quiet sets of the same size, built before, with an mn behind each window: what this machine can do
//   MemcachedBench raws PORT ENTRIES WINDOW       the same over two connections, each with every other window
//   MemcachedBench backend PORT ENTRIES BATCH     set many, one batch after another
//   MemcachedBench pair PORT ENTRIES BATCH        the same, two batches at once

// Until the runtime has compiled everything as well as it can: a loop that runs for a second is measured half compiled.
const int Warm = 2_000_000;

// What a plain entry has beside its value.
const int EnvelopeBytes = 14;

var (way, port, entries, batch) = (args[0], Number(1), Number(2), Number(3));
var value = Encoding.ASCII.GetBytes(new string('v', 100));
if (way is "raw" or "raws")
{
    var connections = way == "raws" ? 2 : 1;
    await RunAllRawAsync(Windows(Warm));
    var windows = Windows(entries);
    var began = Stopwatch.GetTimestamp();
    await RunAllRawAsync(windows);
    Print(began, 0);
    return;

    Task RunAllRawAsync(byte[][] all) => Task.WhenAll(Enumerable.Range(0, connections).Select(one => Task.Run(() => RunRawAsync([.. all.Where((_, i) => i % connections == one)]))));
}

await using var backend = await MemcachedBackend.OpenAsync([$"127.0.0.1:{port}"], new MemcachedBackendOptions { Timeout = TimeSpan.FromSeconds(10) });
await RunAsync(Batches(Warm));
var batches = Batches(entries);
GC.Collect();
var allocated = GC.GetTotalAllocatedBytes(precise: true);
var start = Stopwatch.GetTimestamp();
await RunAsync(batches);
Print(start, GC.GetTotalAllocatedBytes(precise: true) - allocated);

async Task RunAsync(SetRequest[][] requests)
{
    var callers = way == "pair" ? 2 : 1;
    await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
    {
        for (var i = caller; i < requests.Length; i += callers) await backend.SetManyAsync(requests[i]);
    })));
}

SetRequest[][] Batches(int count) => [.. Enumerable.Range(0, count).Select(i => new SetRequest(Key(i), value)).Chunk(batch)];

byte[][] Windows(int count) =>
    [.. Enumerable.Range(0, count).Chunk(batch).Select(window => Encoding.ASCII.GetBytes(string.Concat(window.Select(i => $"ms {Key(i)} {EnvelopeBytes + value.Length} q\r\n{new string('v', EnvelopeBytes + value.Length)}\r\n")) + "mn\r\n"))];

// One thread sends, this one counts the ends of windows.
async Task RunRawAsync(byte[][] windows)
{
    using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    await socket.ConnectAsync("127.0.0.1", port);
    var sending = Task.Run(() =>
    {
        foreach (var window in windows) socket.Send(window);
    });
    const int EndBytes = 4;
    var buffer = new byte[4096];
    for (var left = EndBytes * windows.Length; left > 0;)
    {
        var received = await socket.ReceiveAsync(buffer);
        if (received == 0 || buffer.AsSpan(0, received).ContainsAnyExcept("MN\r\n"u8)) throw new InvalidOperationException($"The server refused a set: {Encoding.ASCII.GetString(buffer, 0, received)}");
        left -= received;
    }

    await sending;
}

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);

void Print(long began, long bytes) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalSeconds:f4} {(double)bytes / entries:f1}"));

static string Key(int i) => $"key:{i:d15}";
