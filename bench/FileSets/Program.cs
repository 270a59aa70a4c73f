using System.Diagnostics;
using System.Globalization;
using Cistern;

// Overwrites of known keys through the public members of the file backend, each acknowledged before the next: one at a time, 1000 at a
// time, and one at a time with an fsync each. The C program beside this one makes the bare system calls; the script compares them.
//   FileSetsBench FOLDER KEYS VALUE_BYTES SETS SYNCED_SETS
var (folder, keyCount, valueBytes, sets, syncedSets) = (args[0], Number(1), Number(2), Number(3), Number(4));
const int Batch = 1000;
var keys = Enumerable.Range(0, keyCount).Select(i => $"key:{i:d15}").ToArray();
var values = Enumerable.Range(0, 16).Select(i => Enumerable.Repeat((byte)('a' + i), valueBytes).ToArray()).ToArray();
var last = new byte[]?[keyCount];
var random = 12345u;

double singles, batches;
using (var backend = Opened("cache.json", FileDurability.Os))
{
    // A tenth of the work first: the compiler is not what is measured.
    Sets(backend, sets / 10);
    singles = Rate(sets, () => Sets(backend, sets));
    await Batches(backend, sets / 10 / Batch);
    var started = Stopwatch.GetTimestamp();
    await Batches(backend, sets / Batch);
    batches = sets / Batch * Batch / Stopwatch.GetElapsedTime(started).TotalSeconds;
}

Check("cache.json");
double synced;
using (var backend = Opened("power.json", FileDurability.Power))
{
    Sets(backend, syncedSets / 10);
    synced = Rate(syncedSets, () => Sets(backend, syncedSets));
}

Check("power.json");
Console.WriteLine(FormattableString.Invariant($"{singles:f0} {batches:f0} {synced:f0}"));

FileBackend Opened(string name, FileDurability durability)
{
    var backend = FileBackend.Open(Path.Combine(folder, name), new FileBackendOptions { Durability = durability });
    for (var first = 0; first < keyCount; first += Batch)
    {
        var outcomes = backend.SetManyAsync([.. Enumerable.Range(first, Math.Min(Batch, keyCount - first)).Select(i => new SetRequest(keys[i], last[i] = values[0]))]).AsTask().GetAwaiter().GetResult();
        if (outcomes.Any(outcome => outcome != SetOutcome.Stored)) throw new InvalidOperationException("A set was refused.");
    }

    return backend;
}

double Rate(int count, Action run)
{
    var started = Stopwatch.GetTimestamp();
    run();
    return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
}

void Sets(FileBackend backend, int count)
{
    for (var i = 0; i < count; i++)
    {
        var key = Next();
        if (backend.Set(keys[key], last[key] = values[i & 15]) != SetOutcome.Stored) throw new InvalidOperationException("A set was refused.");
    }
}

async Task Batches(FileBackend backend, int count)
{
    var requests = new SetRequest[Batch];
    for (var batch = 0; batch < count; batch++)
    {
        for (var i = 0; i < Batch; i++)
        {
            var key = Next();
            requests[i] = new SetRequest(keys[key], last[key] = values[i & 15]);
        }

        foreach (var outcome in await backend.SetManyAsync(requests))
        {
            if (outcome != SetOutcome.Stored) throw new InvalidOperationException("A set was refused.");
        }
    }
}

// What was measured must be there, to the last byte.
void Check(string name)
{
    using var backend = FileBackend.Open(Path.Combine(folder, name), new FileBackendOptions { IsReadOnly = true });
    if (backend.Findings.Count > 0) throw new InvalidOperationException(backend.Findings[0].ToString());
    for (var i = 0; i < keyCount; i++)
    {
        if (!backend.Get(keys[i]).AsSpan().SequenceEqual(last[i])) throw new InvalidOperationException($"{keys[i]} is not what was set last.");
    }
}

int Next()
{
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    return (int)(random % (uint)keyCount);
}

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
