using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cistern.Cli;

/// <summary>The program without its process: arguments in, an exit code out, everything printed to the streams given.</summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration Parsing = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="console">Where it prints.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    public static Task<int> RunAsync(string[] args, ConsoleStreams console, CancellationToken cancellationToken = default) =>
        RunAsync(args, new Surroundings(console), cancellationToken);

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="surroundings">Where it runs.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    public static async Task<int> RunAsync(string[] args, Surroundings surroundings, CancellationToken cancellationToken = default)
    {
        var console = surroundings.Console;
        var interruption = "";
        try
        {
            if (EmbeddedHelp.Find(args) is { } help)
            {
                help.CopyTo(console.Output);
                return ExitCode.Done;
            }

            if (args is not [var name, ..] || Commands.Build(name, args) is not { } definition) throw new BadInputException(UsageFault.OfCommand(args));
            interruption = definition.Interruption;
            return await definition.RunAsync(Parse(definition, args), surroundings, cancellationToken).ConfigureAwait(false);
        }
        catch (BadInputException error)
        {
            console.Say($"cistern: {error.Message}");
            return ExitCode.BadInput;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.Say($"cistern: interrupted{interruption}");
            return ExitCode.Interrupted;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CacheBackendException)
        {
            console.Say($"cistern: {(error is CacheBackendException ? error.Message : SystemFault.Explain(error))}");
            return ExitCode.Failed;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            console.Say($"cistern: failed unexpectedly: {error.GetType().Name}: {error.Message}");
            return ExitCode.Failed;
        }
    }

    private static ParseResult Parse(CommandDefinition definition, string[] args)
    {
        if (UsageFault.FindUnknownOption(definition.Command, args) is { } unknown) throw new BadInputException(unknown);
        var result = CommandLineParser.Parse(Commands.RootOf(definition), args, Parsing);
        return UsageFault.Find(result) is { } fault ? throw new BadInputException(fault) : result;
    }
}
