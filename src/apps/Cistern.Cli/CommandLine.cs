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
    public static async Task<int> RunAsync(string[] args, ConsoleStreams console, CancellationToken cancellationToken = default)
    {
        if (EmbeddedHelp.Find(args) is { } help)
        {
            help.CopyTo(console.Output);
            return ExitCode.Done;
        }

        try
        {
            var early = EarlyInput.Begin(args);
            return await new BackfillCommand(Parse(args), console, early).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BadInputException error)
        {
            console.Say($"cistern: {error.Message}");
            return ExitCode.BadInput;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.Say("cistern: interrupted; nothing was written");
            return ExitCode.Interrupted;
        }
        catch (IOException error)
        {
            console.Say($"cistern: {error.Message}");
            return ExitCode.Failed;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            console.Say($"cistern: failed unexpectedly: {error.GetType().Name}: {error.Message}");
            return ExitCode.Failed;
        }
    }

    private static BackfillArguments Parse(string[] args)
    {
        var commands = new Commands();
        var result = CommandLineParser.Parse(commands.Root, args, Parsing);
        if (UsageFault.Find(result) is { } fault) throw new BadInputException(fault);
        return commands.Backfill.Read(result);
    }
}
