// Runs every snippet of the documents once: code that compiles may still be wrong.
using Samples;

await BackendSnippets.RunAsync();
await FileSnippets.RunAsync();
await SqliteSnippets.RunAsync();
await RedisSnippets.RunAsync();
await MemcachedSnippets.RunAsync();
await PostgreSqlSnippets.RunAsync();
await BackfillSnippets.RunAsync();
await ResilienceSnippets.RunAsync();
await TierSnippets.RunAsync();
await OwnSourceSnippets.RunAsync();
await OwnBackendSnippets.RunAsync();
await WriterSnippets.RunAsync();
Console.WriteLine("Every snippet ran.");
