using System.Text;

namespace Cistern.Cli.Tests;

/// <summary>Runs the built program so that the system fails one of its calls: the real one, in the kernel's place.</summary>
internal static class Strace
{
    private const string Name = "strace";

    // Only the calls asked for stop the program; stopping it at each takes longer than it runs.
    private static readonly string[] Following = ["-f", "--seccomp-bpf"];

    /// <summary>Skips the test, visibly, where strace is missing or may not trace.</summary>
    public static async Task RequireAsync()
    {
        if (await CanTraceAsync()) return;
        Assert.False(Environment.GetEnvironmentVariable("CISTERN_REQUIRE_SERVICES") == "1", "Needs strace, and the right to trace.");
        Assert.Skip("Needs strace, and the right to trace.");
    }

    /// <summary>Runs the program once; the n-th of the calls fails.</summary>
    /// <param name="calls">The calls, as strace names them.</param>
    /// <param name="error">How the call fails.</param>
    /// <param name="number">Which one fails, from 1.</param>
    /// <param name="log">Where the calls are noted.</param>
    /// <param name="args">The program's arguments.</param>
    /// <returns>What the program did, and whether it came to that call.</returns>
    public static async Task<(CliRun Run, bool IsHit)> RunAsync(string calls, string error, int number, string log, params string[] args)
    {
        // Calls that are not traced do not fail either.
        string[] tracing = [.. Following, "-o", log, "-e", $"trace={calls}", "-e", $"inject={calls}:error={error}:when={number}"];
        var run = await CliRun.ProcessAsync(Name, [.. tracing, CliRun.BuiltProgram, .. args]);
        return (run, Encoding.UTF8.GetString(await File.ReadAllBytesAsync(log)).Contains("(INJECTED)", StringComparison.Ordinal));
    }

    private static async Task<bool> CanTraceAsync()
    {
        try { return (await CliRun.ProcessAsync(Name, [.. Following, "-o", "/dev/null", "-e", "trace=fsync", "true"])).ExitCode == 0; }
        catch (System.ComponentModel.Win32Exception) { return false; }
    }
}
