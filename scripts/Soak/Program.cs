using System.Globalization;
using Cistern;
using Cistern.Soak;

// Mixed operations on a backend for some time, every answer checked: Soak ADDRESS SECONDS [SEED]. Ends with exit code 1 where an answer was wrong, a call failed, or memory grew.
var address = BackendAddress.Parse(args[0]);
var duration = TimeSpan.FromSeconds(int.Parse(args[1], CultureInfo.InvariantCulture));
var seed = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : Random.Shared.Next();
await using var backend = await new BackendSchemes(FileScheme.Instance, MemcachedScheme.Instance, PostgreSqlScheme.Instance, RedisScheme.Instance, SqliteScheme.Instance).OpenAsync(address);
var soak = new MixedLoad(backend, seed);
var isGood = await soak.RunAsync(duration);
await backend.ClearAsync();
Console.WriteLine($"{backend.Name}: seed {seed}, {soak.Calls} calls in {duration.TotalSeconds:f0} s, {soak.Wrong} wrong, {soak.Failed} failed, memory {soak.MemoryBefore >> 20} MB after a tenth of the time, {soak.MemoryAfter >> 20} MB at the end: {(isGood ? "good" : "NOT GOOD")}");
return isGood ? 0 : 1;
