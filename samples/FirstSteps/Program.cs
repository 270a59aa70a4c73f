using Cistern;
using Cistern.Testing;
using Samples;

var clock = new ManualTimeProvider();
await using var cache = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 1024 * 1024, TimeProvider = clock });
var lines = await Example.RunAsync(cache, clock);
foreach (var line in lines) Console.WriteLine(line);

// What README.md says this prints.
return lines.SequenceEqual(["Retrieved: hello world", "Before expiry: True", "After expiry: False, a miss", "Hit rate: 0.50"]) ? 0 : 1;
