using Cistern.Servers;

namespace Cistern.Cli.Tests;

/// <summary>The everyday verbs, and the two runs, on backends that are servers: an address is an address.</summary>
public sealed class ServerVerbTests
{
    [Fact]
    public async Task Redis_EveryVerb_Works()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Password = "secret" });
        await RunAsync($"redis://:secret@{Loopback.Host}:{server.Port}/1?prefix=app:");
    }

    [Fact]
    public async Task Memcached_EveryVerb_Works()
    {
        await using var first = await MemcachedServer.StartAsync();
        await using var second = await MemcachedServer.StartAsync();
        await RunAsync($"memcached://{Loopback.Host}:{first.Port},{Loopback.Host}:{second.Port}?prefix=app:");
    }

    [Fact]
    public async Task PostgreSql_EveryVerb_Works()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await RunAsync($"postgres://{PostgreSqlServer.User}:{server.Password}@{Loopback.Host}:{server.Port}/{PostgreSqlServer.User}?table=cache");
    }

    private static async Task RunAsync(string address)
    {
        using var folder = new TempFolder();
        Assert.Equal("stored\n", await DoneAsync("set", address, "user:1", "Ada", "--ttl", "1h", "--metadata", "type=text"));
        Assert.Equal("stored\n", await DoneAsync("set", address, "user:2", "Grace"));
        Assert.Equal("Ada", (await DoneAsync("get", address, "user:1")).TrimEnd('\n'));
        Assert.Contains("type = text", await DoneAsync("inspect", address, "user:1"), StringComparison.Ordinal);
        Assert.Equal(["user:1", "user:2"], (await DoneAsync("keys", address, "user:*")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        await DoneAsync("exists", address, "user:1");
        Assert.Contains("shared        yes", await DoneAsync("stats", address), StringComparison.Ordinal);
        await DoneAsync("copy", address, $"file:{folder.At("copy.json")}");
        await DoneAsync("delete", address, "user:1", "user:2");
        await DoneAsync("copy", $"file:{folder.At("copy.json")}", address);
        Assert.Equal("Ada", (await DoneAsync("get", address, "user:1")).TrimEnd('\n'));

        var records = folder.At("records.jsonl");
        await File.WriteAllLinesAsync(records, Enumerable.Range(0, 100).Select(i => $$"""{"key": "record:{{i}}", "n": {{i}}}"""));
        await DoneAsync("write", "--input", records, "--to", address, "--output", folder.At("written.json"));
        Assert.Equal(100, (await DoneAsync("keys", address, "record:*")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await DoneAsync("clear", address, "--yes");
        Assert.Equal("", await DoneAsync("keys", address));

        var config = folder.At("config.json");
        await File.WriteAllTextAsync(config, $$"""{"source": {"a": "1", "b": "2", "c": "3"}, "lookups": ["a", "b", "c", "a", "x"], "backend": "{{address}}", "min_lookups": 1}""");
        var summary = await DoneAsync("backfill", "--input", config, "--output", folder.At("summary.json"));
        Assert.Contains("\"backfills\": 1", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", summary, StringComparison.Ordinal);
        Assert.Equal("2", (await DoneAsync("get", address, "b")).TrimEnd('\n'));
    }

    private static async Task<string> DoneAsync(params string[] args)
    {
        var run = await CliRun.InProcessAsync(args);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', args)}: exit code {run.ExitCode}: {run.Error}");
        return run.Output;
    }
}
