namespace Cistern.Cli;

/// <summary>Shows how far a write is: a bar for each backend on a terminal, a plain line now and then elsewhere, nothing to who wants it quiet.</summary>
internal static class WriteProgressView
{
    /// <summary>Does the work and shows it.</summary>
    public static Task<WriteReport> ShowAsync(ConsoleStreams console, WriteArguments arguments, WritePlan plan, Func<IProgress<WriteProgress>?, Task<WriteReport>> work)
    {
        if (arguments.Verbosity == Verbosity.Quiet) return work(null);
        return console.ErrorIsTerminal
            ? WriteBars.ShowAsync(console, arguments.NoColor || console.NoColor, plan, work)
            : work(new WriteLines(console, plan));
    }
}
