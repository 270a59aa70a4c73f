using System.Diagnostics;
using System.Globalization;
using Cistern;

// Upserts and point gets through the public members of the SQLite backend. The C program beside this one does the same work; both print
// the same two figures, and the script compares them.
//   SqliteBench DATABASE KEYS VALUE_BYTES BATCHES GETS
var (path, keyCount, valueBytes, batchCount, gets) = (args[0], Number(1), Number(2), Number(3), Number(4));
const int Batch = 1000;
var keys = Enumerable.Range(0, keyCount).Select(i => $"key:{i:d8}").ToArray();
var value = new byte[valueBytes];
value.AsSpan().Fill((byte)'x');

using var backend = SqliteBackend.Open(path);
for (var first = 0; first < keyCount; first += Batch)
{
    await backend.SetManyAsync(keys.Skip(first).Take(Batch).Select(key => new SetRequest(key, value)));
}

// Drawn before, each a string of its own, in the order of use: whoever asks has just made the key.
var random = 12345u;
var drawn = Enumerable.Range(0, Math.Max(batchCount * Batch, gets)).Select(_ => new string(keys[Next()].AsSpan())).ToArray();
var next = 0;
var requests = new SetRequest[Batch];
var started = Stopwatch.GetTimestamp();
for (var batch = 0; batch < batchCount; batch++)
{
    for (var i = 0; i < Batch; i++) requests[i] = new SetRequest(drawn[next++], value);
    await backend.SetManyAsync(requests);
}

var upserts = batchCount * Batch / Stopwatch.GetElapsedTime(started).TotalSeconds;

// Closed and opened, so that both programs read a checkpointed file.
backend.Dispose();
using var reader = SqliteBackend.Open(path);
var destination = new byte[valueBytes];
for (var i = 0; i < keyCount; i++) Read(keys[i]);
started = Stopwatch.GetTimestamp();
for (var i = 0; i < gets; i++) Read(drawn[i]);
var reads = gets / Stopwatch.GetElapsedTime(started).TotalSeconds;
Console.WriteLine(FormattableString.Invariant($"{upserts:f0} {reads:f0}"));

void Read(string key)
{
    if (reader.TryGet(key, destination, out var length) != LookupOutcome.Hit || length != valueBytes || destination[^1] != 'x') throw new InvalidOperationException("A value is not what was stored.");
}

// The same sequence as in the C program.
int Next()
{
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    return (int)(random % (uint)keyCount);
}

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
