using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cistern.Cli.Tests;

/// <summary>The 120 configurations whose summaries are known.</summary>
public sealed class VectorTests
{
    private const int Count = 120;

    [Fact]
    public async Task Backfill_EveryVectorInProcess_GivesTheSummaryExpected() => await CheckAllAsync(args => CliRun.InProcessAsync(args));

    [Fact]
    public async Task Backfill_EveryVectorThroughTheProgram_GivesTheSummaryExpected() => await CheckAllAsync(args => CliRun.ProgramAsync(args));

    private static async Task CheckAllAsync(Func<string[], Task<CliRun>> runAsync)
    {
        var vectors = JsonNode.Parse(await File.ReadAllBytesAsync(Repository.Vectors("backfill.json")))!.AsArray();
        Assert.Equal(Count, vectors.Count);
        using var folder = new TempFolder();
        await Parallel.ForAsync(0, vectors.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, cancellationToken) =>
        {
            var input = folder.Write($"{i}.json", vectors[i]!["config"]!.ToJsonString());
            var run = await runAsync(["backfill", "--input", input, "--output", folder.At($"{i}.out.json"), "--quiet"]);

            Assert.True(run.ExitCode == 0, $"vector {i}: {run.Error}");
            Assert.Empty(run.Error);
            Assert.Equal(run.Output, await File.ReadAllTextAsync(folder.At($"{i}.out.json"), cancellationToken));
            using var summary = JsonDocument.Parse(run.Output);
            foreach (var (name, expected) in vectors[i]!["expected"]!.AsObject())
            {
                using var known = JsonDocument.Parse(expected!.ToJsonString());
                Assert.True(JsonElement.DeepEquals(known.RootElement, summary.RootElement.GetProperty(name)), $"vector {i}: {name}");
            }
        });
    }
}
