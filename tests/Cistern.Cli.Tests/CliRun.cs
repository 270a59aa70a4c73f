using System.Diagnostics;
using System.Text;

namespace Cistern.Cli.Tests;

/// <summary>What one run of the command line did.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    /// <summary>The copy of the program beside the tests. Under coverage it writes, as it ends, what it has covered.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, FileName);

    /// <summary>The program in the folder that it was built into, which is left as it was built.</summary>
    public static string BuiltProgram { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Cistern.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, FileName));

    private static string FileName => OperatingSystem.IsWindows() ? "Cistern.Cli.exe" : "Cistern.Cli";

    /// <summary>Runs it inside this process.</summary>
    public static async Task<CliRun> InProcessAsync(params string[] args)
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await CommandLine.RunAsync(args, new ConsoleStreams(output, error));
        return new CliRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Runs the built program.</summary>
    public static Task<CliRun> ProgramAsync(string[] args, Dictionary<string, string>? environment = null, string? folder = null) =>
        ProcessAsync(Program, args, environment, folder);

    /// <summary>Runs any program, and ends it after two minutes.</summary>
    public static async Task<CliRun> ProcessAsync(string program, string[] args, Dictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? "", UseShellExecute = false };
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', args)} did not end within two minutes.", late);
        }

        return new CliRun(process.ExitCode, await output, await error);
    }
}
