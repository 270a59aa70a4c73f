using System.IO.Compression;
using System.Text;

namespace Cistern.Cli.Tests;

/// <summary>Logs to test with.</summary>
internal static class ReplayLogs
{
    /// <summary>Nine requests of three keys: with room for two, LRU has 3 hits, oldest added 2, and 5 were possible.</summary>
    public const string Nine = "a\nb\na\nc\na\nb\nb\nc\na\n";

    /// <summary>The same requests, with a value of 10 bytes for a, 20 for b, 30 for c.</summary>
    public const string NineWithSizes = "time,key,size\n1,a,10\n2,b,20\n3,a,10\n4,c,30\n5,a,10\n6,b,20\n7,b,20\n8,c,30\n9,a,10\n";

    /// <summary>A log of keys.</summary>
    public static ReplayLog Of(IEnumerable<string> keys, int valueBytes = 100)
    {
        var requests = new ReplayLogBuilder(valueBytes, hasSizes: false);
        foreach (var key in keys) Assert.Null(requests.Add(key));
        return requests.Build("log");
    }

    /// <summary>A log of keys of one character each.</summary>
    public static ReplayLog OfText(string keys) => Of(keys.Select(key => key.ToString()));

    public static byte[] Compress(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return compressed.ToArray();
    }

    /// <summary>The hits of a policy with room for some entries.</summary>
    public static async Task<ReplayReport> ReplayAsync(ReplayLog log, string capacities, params EvictionMode[] policies) =>
        await ReplayRuns.RunAsync(log, policies, BoundChoice.ParseCapacities([capacities]).Resolve(log.Keys.Length), new ReplayProgress(), TestContext.Current.CancellationToken);
}
