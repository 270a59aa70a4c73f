using System.Diagnostics;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>A server of a test's own, which may be killed and hung, and ways to measure how long calls take.</summary>
public sealed class FaultServer : IAsyncDisposable
{
    private FaultServer(PostgreSqlServer server) => Server = server;

    internal PostgreSqlServer Server { get; }

    internal static async Task<FaultServer> StartAsync() => new(await PostgreSqlServer.StartAsync(["fsync=off"]));

    internal async Task<PostgreSqlBackend> OpenAsync(TimeSpan timeout, int? port = null, int connections = 20) =>
        await PostgreSqlBackend.OpenAsync(DatabaseServer.ConnectionTo(Server, port), new PostgreSqlBackendOptions { Timeout = timeout, MaxConnections = connections });

    /// <summary>Runs a call, and says what it threw and how long it took.</summary>
    internal static async Task<(Exception? Fault, TimeSpan Took)> MeasureAsync(Func<Task> call)
    {
        var began = Stopwatch.GetTimestamp();
        var fault = await Record.ExceptionAsync(call);
        return (fault, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Every kind of call, for faults that must meet each of them alike.</summary>
    internal static IEnumerable<(string Member, Func<Task> Call)> Calls(CacheBackend backend) =>
    [
        ("get", () => backend.GetAsync("key").AsTask()),
        ("get entry", () => backend.GetEntryAsync("key").AsTask()),
        ("exists", () => backend.ExistsAsync("key").AsTask()),
        ("get many", () => backend.GetManyAsync(["key", "other"]).AsTask()),
        ("exists many", () => backend.ExistsManyAsync(["key", "other"]).AsTask()),
        ("set", () => backend.SetStringAsync("key", "value").AsTask()),
        ("set if newer", () => backend.SetAsync("versioned", new byte[] { 1 }, SetOptions.IfNewer(1)).AsTask()),
        ("set many", () => backend.SetManyAsync([new SetRequest("key", new byte[] { 1 }), new SetRequest("other", new byte[] { 1 })]).AsTask()),
        ("set many new ones", () => backend.SetManyAsync(Enumerable.Range(0, 1_000).Select(i => new SetRequest($"new {i}", new byte[1_000]))).AsTask()),
        ("touch", () => backend.TouchAsync("key", TimeSpan.FromHours(1)).AsTask()),
        ("delete", () => backend.DeleteAsync("missing").AsTask()),
        ("delete with a version", () => backend.DeleteAsync("missing", 1).AsTask()),
        ("delete many", () => backend.DeleteManyAsync(["missing"]).AsTask()),
        ("keys", () => backend.KeysAsync().ToListAsync().AsTask()),
        ("stats", () => backend.GetStatsAsync().AsTask()),
        ("clear", () => backend.ClearAsync().AsTask()),
    ];

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
