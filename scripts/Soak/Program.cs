using System.Globalization;
using Cistern;
using Cistern.Soak;

// Mixed operations on a backend for some time, every answer checked: Soak ADDRESS SECONDS [SEED]; tiers+ADDRESS puts memory before it. Ends with exit code 1 where an answer was wrong, a call failed, or memory grew.
const string Tiers = "tiers+";
var address = BackendAddress.Parse(args[0].StartsWith(Tiers, StringComparison.Ordinal) ? args[0][Tiers.Length..] : args[0]);
var duration = TimeSpan.FromSeconds(int.Parse(args[1], CultureInfo.InvariantCulture));
var seed = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : Random.Shared.Next();
var opened = await new BackendSchemes(FileScheme.Instance, MemcachedScheme.Instance, PostgreSqlScheme.Instance, RedisScheme.Instance, SqliteScheme.Instance).OpenAsync(address);
await using var backend = args[0].StartsWith(Tiers, StringComparison.Ordinal)
    ? await TieredBackend.OpenAsync(new InMemoryBackend(), opened, new TieredBackendOptions { Invalidation = (opened as RedisBackend)?.CreateInvalidationChannel() })
    : opened;
var soak = new MixedLoad(backend, seed);
var isGood = await soak.RunAsync(duration);
await backend.ClearAsync();
Console.WriteLine($"{args[0].Split(':')[0]}: seed {seed}, {soak.Calls} calls in {duration.TotalSeconds:f0} s, {soak.Wrong} wrong, {soak.Failed} failed, memory {soak.MemoryBefore >> 20} MB after a tenth of the time, {soak.MemoryAfter >> 20} MB at the end: {(isGood ? "good" : "NOT GOOD")}");
return isGood ? 0 : 1;
