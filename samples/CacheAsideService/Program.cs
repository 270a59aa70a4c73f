using Samples;

string[] addresses = args.Length > 0 ? args : ["memory:", "file:prices.json", "sqlite:prices.db"];
var folder = Directory.CreateTempSubdirectory("cache-aside-");
var status = 0;
try
{
    foreach (var address in addresses)
    {
        var starts = await Demonstration.RunAsync(address, folder.FullName);
        var line = starts.Select(start => $"{start.Hits,2} hits, {start.Misses} misses, {start.DatabaseReads} database reads");
        Console.WriteLine($"{address,-17} {string.Join("   restarted: ", line)}");
        if (starts[^1].IsAsPromised) continue;
        Console.Error.WriteLine($"{address}: after the restart the answers are wrong, or the database was read though the backend is persistent.");
        status = 1;
    }
}
finally
{
    folder.Delete(recursive: true);
}

return status;
