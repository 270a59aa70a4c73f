using System.Diagnostics;
using System.Globalization;
using Cistern;
using Cistern.Bench;

// Overwrites of known keys through the public members of the file backend, each acknowledged before the next: one at a time, 1000 at a
// time, and one at a time with an fsync each. The C program beside this one makes the bare system calls; the script compares them.
// Which keys are set was decided before, by Zipf's law with the given skew; 0 is every key alike.
//   FileSetsBench FOLDER KEYS VALUE_BYTES SETS SYNCED_SETS SKEW
var (folder, keyCount, valueBytes, sets, syncedSets) = (args[0], Number(1), Number(2), Number(3), Number(4));
var skew = double.Parse(args[5], CultureInfo.InvariantCulture);
const int Batch = 1000;
var keys = Enumerable.Range(0, keyCount).Select(i => $"key:{i:d15}").ToArray();
var values = Enumerable.Range(0, 16).Select(i => Enumerable.Repeat((byte)('a' + i), valueBytes).ToArray()).ToArray();
var drawn = Draw(2 * (sets + (sets / 10)) + syncedSets + (syncedSets / 10));
var next = 0;

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

Check("cache.json", 0);
var firstSynced = next;
double synced;
using (var backend = Opened("power.json", FileDurability.Power))
{
    Sets(backend, syncedSets / 10);
    synced = Rate(syncedSets, () => Sets(backend, syncedSets));
}

Check("power.json", firstSynced);
Console.WriteLine(FormattableString.Invariant($"{singles:f0} {batches:f0} {synced:f0}"));

FileBackend Opened(string name, FileDurability durability)
{
    var backend = FileBackend.Open(Path.Combine(folder, name), new FileBackendOptions { Durability = durability });
    for (var first = 0; first < keyCount; first += Batch)
    {
        var outcomes = backend.SetManyAsync([.. Enumerable.Range(first, Math.Min(Batch, keyCount - first)).Select(i => new SetRequest(keys[i], values[0]))]).AsTask().GetAwaiter().GetResult();
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
        if (backend.Set(keys[drawn[next]], values[next & 15]) != SetOutcome.Stored) throw new InvalidOperationException("A set was refused.");
        next++;
    }
}

async Task Batches(FileBackend backend, int count)
{
    var requests = new SetRequest[Batch];
    for (var batch = 0; batch < count; batch++)
    {
        for (var i = 0; i < Batch; i++)
        {
            requests[i] = new SetRequest(keys[drawn[next]], values[next & 15]);
            next++;
        }

        foreach (var outcome in await backend.SetManyAsync(requests))
        {
            if (outcome != SetOutcome.Stored) throw new InvalidOperationException("A set was refused.");
        }
    }
}

// What was measured must be there, to the last byte.
void Check(string name, int first)
{
    var last = Enumerable.Repeat(values[0], keyCount).ToArray();
    for (var i = first; i < next; i++) last[drawn[i]] = values[i & 15];
    using var backend = FileBackend.Open(Path.Combine(folder, name), new FileBackendOptions { IsReadOnly = true });
    if (backend.Findings.Count > 0) throw new InvalidOperationException(backend.Findings[0].ToString());
    for (var i = 0; i < keyCount; i++)
    {
        if (!backend.Get(keys[i]).AsSpan().SequenceEqual(last[i])) throw new InvalidOperationException($"{keys[i]} is not what was set last.");
    }
}

int[] Draw(int count)
{
    var random = new Random(12345);
    var ranks = new ZipfRanks(keyCount, skew, random);

    // The frequent keys are not neighbours.
    var order = Enumerable.Range(0, keyCount).ToArray();
    random.Shuffle(order);
    return [.. Enumerable.Range(0, count).Select(_ => order[ranks.Next()])];
}

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
