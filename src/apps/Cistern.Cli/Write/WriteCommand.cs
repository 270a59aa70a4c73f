namespace Cistern.Cli;

/// <summary>
/// <c>cistern write</c>: checks everything that can be checked, writes the records, and says what became of them. One use.
/// </summary>
internal sealed class WriteCommand(WriteArguments arguments, Surroundings surroundings)
{
    private readonly ConsoleStreams _console = surroundings.Console;

    /// <summary>Runs it.</summary>
    /// <param name="cancellationToken">Ends it; what was written until then is in the summary.</param>
    /// <returns>An exit code.</returns>
    /// <exception cref="BadInputException">Something given cannot be used; nothing was written.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var output = OutputPath.Check(arguments.Output, "--output");

        // Apart, as it opens the records: a pipe may have nobody at its other end yet, or no header.
        using var plan = await Task.Run(() => WritePlan.Of(arguments, output, surroundings), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);

        // Also makes the folder of the output, where backends may be.
        using var summary = OutputFile.Create(output);
        var targets = await OpenedTargets.OpenAsync(plan.Choices, surroundings, cancellationToken).ConfigureAwait(false);
        WriteReport report;
        IReadOnlyList<CacheStats?> stats;
        await using (targets.ConfigureAwait(false))
        {
            var writer = new CacheWriter(targets.Targets, plan.Settings.ToOptions());
            report = await WriteProgressView.ShowAsync(_console, arguments, plan, progress => writer.WriteAsync(plan.Records, progress, cancellationToken)).ConfigureAwait(false);
            stats = await targets.GetStatsAsync().ConfigureAwait(false);
        }

        var outcome = new WriteOutcome(report, plan, stats, targets.ClosingErrors);
        Publish(summary, outcome);
        summary.PrintTo(_console);
        Tell(outcome);
        if (report.IsCancelled) return ExitCode.Interrupted;
        return outcome.IsComplete ? ExitCode.Done : ExitCode.Failed;
    }

    // The records are written by now: whatever this is, it is not an input that changed nothing.
    private static void Publish(OutputFile summary, WriteOutcome outcome)
    {
        try
        {
            summary.Write(WriteSummary.Of(outcome), 0);
            summary.Settle();
            summary.Publish();
        }
        catch (BadInputException error)
        {
            throw new IOException($"{error.Message}; the records were written", error);
        }
    }

    private void Tell(WriteOutcome outcome)
    {
        foreach (var line in WriteFaults.Of(outcome)) _console.Say($"cistern: {line}");
        if (arguments.Verbosity == Verbosity.Verbose) foreach (var line in WriteFaults.Each(outcome)) _console.Say(line);
        if (arguments.Verbosity == Verbosity.Quiet) return;
        WriteTable.Print(_console, outcome, arguments.NoColor || _console.NoColor);
        _console.Say($"{arguments.Output} written");
    }
}
