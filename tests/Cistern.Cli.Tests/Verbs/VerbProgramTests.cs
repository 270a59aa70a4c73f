using System.Diagnostics;

namespace Cistern.Cli.Tests;

/// <summary>Verbs by the program as it is built: its streams, its start.</summary>
public sealed class VerbProgramTests
{
    private static readonly string[] Loaded = ["Spectre.Console", "CsvHelper", "Cistern.Csv"];

    [Fact]
    public async Task Get_AMiss_IsExitOneAndOneLine()
    {
        var run = await CliRun.ProgramAsync(["get", "memory:", "key"]);

        Assert.Equal((1, "", "cistern: no such key: 'key'\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Set_FromStandardInput_TellsHowManyBytesThereWere()
    {
        byte[] bytes = [.. Enumerable.Repeat(Enumerable.Range(0, 256).Select(number => (byte)number), 1000).SelectMany(every => every)];

        var (exitCode, output) = await PipeAsync(bytes, "set", "memory:", "key", "--from", "-", "--json");

        Assert.Equal(0, exitCode);
        Assert.Contains("\"size_bytes\": 256000", System.Text.Encoding.UTF8.GetString(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verb_ThatNeedsNoTables_LoadsNone()
    {
        var run = await CliRun.ProgramAsync(["stats", "memory:"], new() { ["DOTNET_STARTUP_HOOKS"] = typeof(VerbProgramTests).Assembly.Location });

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("loaded: System.CommandLine", run.Error, StringComparison.Ordinal);
        Assert.All(Loaded, name => Assert.DoesNotContain($"loaded: {name}\n", run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clear_WithoutATerminal_IsRefused()
    {
        var run = await CliRun.ProgramAsync(["clear", "memory:"]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
    }

    private static async Task<(int ExitCode, byte[] Output)> PipeAsync(byte[] input, params string[] args)
    {
        var start = new ProcessStartInfo(CliRun.Program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToArray());
    }
}
