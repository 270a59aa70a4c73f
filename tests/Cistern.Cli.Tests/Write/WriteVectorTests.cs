using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cistern.Cli.Tests;

/// <summary>The 40 configurations whose summaries are known, and what their files hold.</summary>
public sealed class WriteVectorTests
{
    private const int Count = 40;

    [Fact]
    public async Task Write_EveryVectorInProcess_GivesTheSummaryAndTheFileExpected() => await CheckAllAsync(args => CliRun.InProcessAsync(args));

    [Fact]
    public async Task Write_EveryVectorThroughTheProgram_GivesTheSummaryAndTheFileExpected() => await CheckAllAsync(args => CliRun.ProgramAsync(args));

    private static async Task CheckAllAsync(Func<string[], Task<CliRun>> runAsync)
    {
        var vectors = JsonNode.Parse(await File.ReadAllBytesAsync(Repository.Vectors("writer.json")))!.AsArray();
        Assert.Equal(Count, vectors.Count);
        using var folder = new TempFolder();
        await Parallel.ForAsync(0, vectors.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, _) =>
        {
            var input = folder.Write($"{i}.json", vectors[i]!["config"]!.ToJsonString());
            var run = await runAsync(["write", "--input", input, "--output", folder.At($"{i}", "summary.json"), "--quiet"]);

            Assert.True(run.ExitCode == 0, $"vector {i}: {run.Error}");
            Assert.Empty(run.Error);
            Assert.Equal(run.Output, await File.ReadAllTextAsync(folder.At($"{i}", "summary.json"), CancellationToken.None));
            foreach (var (name, expected) in vectors[i]!["expected"]!.AsObject()) Assert.True(JsonNode.DeepEquals(expected, run.Summary()[name]), $"vector {i}: {name}");
            CheckFile(folder.At($"{i}", "cache_file.json"), vectors[i]!["file_content"], i);
            await CheckEntriesAsync(folder.At($"{i}"), vectors[i]!["config"]!);
        });
    }

    // As the seeds' program reads it: an object of texts, each the JSON of a record.
    private static void CheckFile(string path, JsonNode? content, int vector)
    {
        Assert.Equal(content is not null, File.Exists(path));
        if (content is null) return;
        var held = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        var records = new JsonObject(held.Select(entry => KeyValuePair.Create(entry.Key, JsonNode.Parse(entry.Value!.GetValue<string>()))));
        Assert.True(JsonNode.DeepEquals(content, records), $"vector {vector}: {path}");
    }

    // As our own backends read what they wrote: of records with one key the last one.
    private static async Task CheckEntriesAsync(string folder, JsonNode config)
    {
        var last = config["records"]!.AsArray().GroupBy(record => record!["key"]!.GetValue<string>()).ToDictionary(group => group.Key, group => group.Last());
        foreach (var (word, place) in new[] { ("file", "file:cache_file.json"), ("sqlite", "sqlite:cache_sqlite.db") })
        {
            if (!config["backends"]!.AsArray().Any(name => name!.GetValue<string>() == word)) continue;
            await using var backend = await KnownSchemes.All.OpenAsync(BackendAddress.Parse(place), new BackendOpening { BaseFolder = folder });
            Assert.Equal(last.Count, (await backend.GetStatsAsync()).CurrentEntries);
            foreach (var (key, record) in last)
            {
                using var held = JsonDocument.Parse((await backend.GetAsync(key))!);
                Assert.True(JsonNode.DeepEquals(record, JsonNode.Parse(held.RootElement.GetRawText())), key);
            }
        }
    }
}
