using System.Text;

namespace Cistern.Cli.Tests;

public sealed class BackfillRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LookUp_WhoseSourceFails_IsToldInItsResultAndTheRunGoesOn()
    {
        using var file = OutputFile.Create(OutputPath.Check(_folder.At("results"), "--results"));
        var output = new BlockWriter(file.Write, 0);
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        var source = new ObservedSource(new BrokenSource());
        await using var cache = new BackfillingCache(backend, source, new BackfillOptions { MaxBackfills = 0 });
        var seen = new List<(long Number, bool IsHit, double MissRate)>();
        var run = new BackfillRun(cache, backend, source, new ResultWriter(output, isArray: false));
        run.Watch(new Recorder(seen, 1));
        var seenNowAndThen = new List<(long Number, bool IsHit, double MissRate)>();
        run.Watch(new Recorder(seenNowAndThen, 2));

        foreach (var key in new[] { "good", "bad", "good", "none", "bytes" }) await run.LookUpAsync(key, TestContext.Current.CancellationToken);

        Assert.Equal(1, run.Failed);
        Assert.Contains("out of order", run.FirstFailure, StringComparison.Ordinal);
        Assert.Equal("""
            {"key": "good", "value": "1", "found": true}
            {"key": "bad", "value": null, "found": false, "error": "broken: out of order"}
            {"key": "good", "value": "1", "found": true}
            {"key": "none", "value": null, "found": false}
            {"key": "bytes", "value": null, "value_base64": "//4=", "found": true}

            """.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(output.Unwritten));
        Assert.Equal([(1, false, 1.0), (2, true, 0.5), (3, false, 2 / 3.0), (4, false, 0.75)], seen);
        Assert.Equal([(2, true, 0.5), (4, false, 0.75)], seenNowAndThen);
    }

    [Fact]
    public async Task Lookups_AMillionInAFile_RunInAHeapThatCouldNotHoldThem()
    {
        const int count = 1_000_000;
        await File.WriteAllLinesAsync(_folder.At("lookups.txt"), Enumerable.Range(0, count).Select(i => $"key-that-is-not-at-the-source-{i}"), TestContext.Current.CancellationToken);
        _folder.Write("config.json", """{"source": {"a": "1"}, "lookups": "lookups.txt", "max_backfills": 0}""");

        var run = await CliRun.ProgramAsync(
            ["backfill", "--input", _folder.At("config.json"), "--output", _folder.At("out.json"), "--results", _folder.At("results.jsonl"), "--quiet"],
            new() { ["DOTNET_GCHeapHardLimit"] = "0x4000000" });

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(count, File.ReadLines(_folder.At("results.jsonl")).Count());
    }

    private sealed class Recorder(List<(long Number, bool IsHit, double MissRate)> seen, long interval) : ILookupObserver
    {
        public long Interval => interval;

        public void LookupObserved(long number, bool isHit, double missRate) => seen.Add((number, isHit, missRate));
    }

    private sealed class BrokenSource : ICacheSource
    {
        public string Name => "broken";

        public ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken) => key switch
        {
            "good" => new(new SourceEntry(key, "1"u8.ToArray())),
            "bytes" => new(new SourceEntry(key, new byte[] { 0xFF, 0xFE })),
            "none" => new((SourceEntry?)null),
            _ => throw new InvalidDataException("out of order"),
        };

        public ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken) => throw new InvalidDataException("out of order");
    }
}
