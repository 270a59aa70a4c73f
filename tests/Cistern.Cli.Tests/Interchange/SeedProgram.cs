using System.Text.Json;

namespace Cistern.Cli.Tests;

/// <summary>The writer of seed 003, which is a page with a Python program in it: taken out of the page into a folder of the test's own, and run by CPython.</summary>
internal sealed class SeedProgram
{
    private const string Python = "python3";
    private const string Module = "seed_writer";

    // Ours, around its classes: sets what standard input has no room for from a file, then tells what it serves.
    private const string Driver = $$"""
        import json, pathlib, sys
        import {{Module}}
        kind, path, requests = sys.argv[1:]
        request = json.loads(pathlib.Path(requests).read_text(encoding="utf-8"))
        opened = {{Module}}.create_cache(kind, pathlib.Path(path))
        for key, text in request["set"].items():
            opened.set(key, text)
        print(json.dumps({"values": {key: opened.get(key) for key in request["get"]}, "size": opened.stats()["size"]}))
        getattr(opened, "close", lambda: None)()
        """;

    private readonly TempFolder _folder;

    private SeedProgram(TempFolder folder) => _folder = folder;

    /// <summary>Takes the program out of its page; skips the test, visibly, where the page or Python is missing.</summary>
    public static async Task<SeedProgram> ExtractAsync(TempFolder folder)
    {
        const string Begin = "```python\n";
        var page = (await File.ReadAllTextAsync(Repository.Seed("003"))).ReplaceLineEndings("\n");
        var start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var program = page[start..page.IndexOf("\n```", start, StringComparison.Ordinal)];
        await RequirePythonAsync();
        folder.Write($"{Module}.py", program);
        folder.Write("driver.py", Driver);
        return new SeedProgram(folder);
    }

    /// <summary>Runs it as its own command line does, and gives its summary.</summary>
    public async Task<JsonElement> WriteAsync(string config, string output)
    {
        await RunAsync($"{Module}.py", "--input", config, "--output", output);
        return JsonDocument.Parse(await File.ReadAllBytesAsync(output)).RootElement;
    }

    /// <summary>Opens a cache with its class of a kind, sets some values, and gets some keys: null where it has none.</summary>
    public async Task<(Dictionary<string, string?> Values, int Size)> UseAsync(string kind, string path, Dictionary<string, string> set, IEnumerable<string> get)
    {
        var request = _folder.Write("request.json", JsonSerializer.SerializeToUtf8Bytes(new { set, get }));
        using var answer = JsonDocument.Parse((await RunAsync("driver.py", kind, path, request)).Output);
        return (answer.RootElement.GetProperty("values").Deserialize<Dictionary<string, string?>>()!, answer.RootElement.GetProperty("size").GetInt32());
    }

    private async Task<CliRun> RunAsync(string script, params string[] args)
    {
        var run = await CliRun.ProcessAsync(Python, ["-B", script, .. args], new() { ["PYTHONUTF8"] = "1" }, _folder.Path);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    private static async Task RequirePythonAsync()
    {
        if (await HasPythonAsync()) return;
        Assert.False(Environment.GetEnvironmentVariable("CISTERN_REQUIRE_SERVICES") == "1", "Needs python3 with its module sqlite3.");
        Assert.Skip("Needs python3 with its module sqlite3.");
    }

    private static async Task<bool> HasPythonAsync()
    {
        try { return (await CliRun.ProcessAsync(Python, ["-c", "import sqlite3"])).ExitCode == 0; }
        catch (System.ComponentModel.Win32Exception) { return false; }
    }
}
