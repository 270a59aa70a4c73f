using System.Text;
using System.Text.Json;
using Cistern.Testing;

namespace Cistern.Cli.Tests;

/// <summary>Runs verbs inside this process, over backends that outlive a run, with a clock of its own and any kind of console.</summary>
internal sealed class VerbRig : IDisposable
{
    public VerbRig() => Schemes = new KeptScheme(Clock);

    public ManualTimeProvider Clock { get; } = new();

    public KeptScheme Schemes { get; }

    /// <summary>What is on standard input.</summary>
    public byte[] Input { get; set; } = [];

    /// <summary>The bytes of standard output of the last run.</summary>
    public byte[] Output { get; private set; } = [];

    /// <summary>Whether all three streams are a terminal, where <see cref="Input"/> is what somebody types.</summary>
    public bool IsTerminal { get; set; }

    /// <summary>What is stored under a key of <c>kept:a</c>, as text.</summary>
    public async Task<string?> ReadAsync(string key, string name = "a") => await Schemes[name].GetStringAsync(key);

    public async Task WriteAsync(string key, string value, SetOptions? options = null, string name = "a") => Assert.Equal(SetOutcome.Stored, await Schemes[name].SetStringAsync(key, value, options));

    public async Task<CliRun> RunAsync(params string[] args) => await RunAsync(CancellationToken.None, args);

    public async Task<CliRun> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        using var output = new MemoryStream();
        using var input = new MemoryStream(Input);
        await using var error = new StringWriter { NewLine = "\n" };
        var console = new ConsoleStreams(output, error) { OpenInput = () => input, InputIsTerminal = IsTerminal, OutputIsTerminal = IsTerminal, ErrorIsTerminal = IsTerminal };
        var exitCode = await CommandLine.RunAsync(args, new Surroundings(console) { TimeProvider = Clock, Schemes = new BackendSchemes(Schemes) }, cancellationToken);
        Output = output.ToArray();
        return new CliRun(exitCode, Encoding.UTF8.GetString(Output), error.ToString());
    }

    /// <summary>Runs it with <c>--json</c>.</summary>
    public async Task<(int ExitCode, JsonElement Json)> JsonAsync(params string[] args)
    {
        var run = await RunAsync([.. args, "--json"]);
        Assert.EndsWith("\n", run.Output, StringComparison.Ordinal);
        return (run.ExitCode, JsonDocument.Parse(run.Output).RootElement);
    }

    public void Dispose() => Schemes.Dispose();
}
