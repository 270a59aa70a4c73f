namespace Cistern.Cli;

/// <summary>Shows how far a run is: a bar on a terminal, a plain line now and then elsewhere, nothing to who wants it quiet.</summary>
internal static class RunProgress
{
    /// <summary>Does the work and shows it.</summary>
    /// <param name="console">Where it is shown.</param>
    /// <param name="arguments">Whether and how.</param>
    /// <param name="total">How many lookups there will be; null: unknown.</param>
    /// <param name="run">The run that will be watched.</param>
    /// <param name="work">The work.</param>
    public static Task ShowAsync(ConsoleStreams console, BackfillArguments arguments, long? total, BackfillRun run, Func<Task> work)
    {
        if (arguments.Verbosity == Verbosity.Quiet) return work();

        // A bar and decisions would overwrite each other.
        if (console.ErrorIsTerminal && arguments.Verbosity == Verbosity.Normal) return TerminalProgress.ShowAsync(console, arguments.NoColor || console.NoColor, total, run, work);
        run.Watch(new PlainProgress(console, total));
        return work();
    }
}
