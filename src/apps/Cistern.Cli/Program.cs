using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cistern.Cli;

/// <summary>The process: its arguments, streams, signals and exit code.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        // Before anything else is loaded: help should be there at once.
        if (EmbeddedHelp.Find(args) is not { } help) return Run(args);
        return Print(help);
    }

    private static int Print(Stream help)
    {
        try
        {
            using var output = Console.OpenStandardOutput();
            help.CopyTo(output);
            return ExitCode.Done;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ExitCode.Failed;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Run(string[] args)
    {
        using var interruption = new CancellationTokenSource();
        var isTerminated = false;

        // The first signal ends the run in good order; a second one ends the process.
        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = !interruption.IsCancellationRequested;
            isTerminated = context.Signal == PosixSignal.SIGTERM;
            interruption.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        var exitCode = CommandLine.RunAsync(args, ConsoleStreams.Open(), interruption.Token).GetAwaiter().GetResult();
        return exitCode == ExitCode.Interrupted && isTerminated ? ExitCode.Terminated : exitCode;
    }
}
