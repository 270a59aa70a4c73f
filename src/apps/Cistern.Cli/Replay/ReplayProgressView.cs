namespace Cistern.Cli;

/// <summary>Shows how far a replay is: a bar on a terminal, a plain line now and then elsewhere, nothing to who wants it quiet.</summary>
internal static class ReplayProgressView
{
    private static readonly TimeSpan BarPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(5);

    /// <summary>Does the work and shows it.</summary>
    /// <param name="run">Where it is shown, and whether.</param>
    /// <param name="progress">What the work tells.</param>
    /// <param name="work">The work, which goes on elsewhere.</param>
    /// <typeparam name="T">What the work gives.</typeparam>
    public static async Task<T> ShowAsync<T>(VerbRun run, ReplayProgress progress, Func<Task<T>> work)
    {
        if (run.IsQuiet) return await work().ConfigureAwait(false);
        return run.Console.ErrorIsTerminal ? await DrawAsync(run, progress, work).ConfigureAwait(false) : await SayAsync(run, progress, work).ConfigureAwait(false);
    }

    /// <summary>How far it is, in a line.</summary>
    public static string Describe(ReplayProgress progress) => progress.Total == 0
        ? $"{ReportFormat.Count(progress.Read, "request", "requests")} read"
        : $"{ReportFormat.Count(progress.Done)} of {ReportFormat.Count(progress.Total)} requests replayed ({100 * progress.Done / progress.Total} %)";

    private static async Task<T> SayAsync<T>(VerbRun run, ReplayProgress progress, Func<Task<T>> work)
    {
        var working = work();
        while (await Task.WhenAny(working, Task.Delay(LinePause, TimeProvider.System)).ConfigureAwait(false) != working) run.Console.Say($"progress: {Describe(progress)}");
        return await working.ConfigureAwait(false);
    }

    // Apart, so that Spectre is only loaded for who sees it.
    private static Task<T> DrawAsync<T>(VerbRun run, ReplayProgress progress, Func<Task<T>> work) =>
        TerminalConsole.ShowBarsAsync(run.Console, run.NoColor, async context =>
        {
            var bar = context.AddTask(Describe(progress));
            var working = work();
            while (await Task.WhenAny(working, Task.Delay(BarPause, TimeProvider.System)).ConfigureAwait(false) != working)
            {
                bar.IsIndeterminate = progress.Total == 0;
                bar.MaxValue = Math.Max(1, progress.Total);
                bar.Value = progress.Done;
                bar.Description = Describe(progress);
                context.Refresh();
            }

            return await working.ConfigureAwait(false);
        });
}
