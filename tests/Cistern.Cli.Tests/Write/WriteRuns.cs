using System.Text;
using System.Text.Json.Nodes;

namespace Cistern.Cli.Tests;

/// <summary>Runs <c>cistern write</c> in this process, with backends that can be looked into.</summary>
internal static class WriteRuns
{
    /// <summary>Runs it, with <see cref="FaultyScheme"/> among the kinds of backends.</summary>
    public static async Task<CliRun> RunAsync(FaultyScheme scheme, WriteArguments arguments, bool isTerminal = false, CancellationToken cancellationToken = default)
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter { NewLine = "\n" };
        var console = new ConsoleStreams(output, error) { ErrorIsTerminal = isTerminal };
        var exitCode = await new WriteCommand(arguments, new Surroundings(console) { Schemes = new BackendSchemes(scheme) }).RunAsync(cancellationToken);
        return new CliRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    public static JsonNode Summary(this CliRun run) => JsonNode.Parse(run.Output)!;
}
