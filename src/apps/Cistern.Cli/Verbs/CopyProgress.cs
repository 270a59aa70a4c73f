using System.Globalization;

namespace Cistern.Cli;

/// <summary>Shows how far a copy is: a bar on a terminal, nothing elsewhere, where the report is all that anybody reads.</summary>
internal static class CopyProgress
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Does the work and shows it.</summary>
    /// <param name="run">Where it is shown, and whether.</param>
    /// <param name="whole">The backend that is copied whole; null: how much will be copied is not known.</param>
    /// <param name="copy">What is watched.</param>
    /// <param name="work">The work.</param>
    public static async Task ShowAsync(VerbRun run, CacheBackend? whole, EntryCopy copy, Func<Task> work)
    {
        if (run.IsQuiet || !run.Console.ErrorIsTerminal)
        {
            await work().ConfigureAwait(false);
            return;
        }

        var total = whole is null ? null : (await whole.GetStatsAsync(run.CancellationToken).ConfigureAwait(false)).CurrentEntries;
        await DrawAsync(run, total, copy, work).ConfigureAwait(false);
    }

    // Apart, so that Spectre is only loaded for who sees it.
    private static async Task DrawAsync(VerbRun run, long? total, EntryCopy copy, Func<Task> work) =>
        await TerminalConsole.ShowBarsAsync(run.Console, run.NoColor, async context =>
        {
            var bar = context.AddTask("entries", maxValue: Math.Max(1, total ?? 1));
            bar.IsIndeterminate = total is null;
            var working = Task.Run(work);
            while (await Task.WhenAny(working, Task.Delay(Pause, TimeProvider.System)).ConfigureAwait(false) != working)
            {
                if (!bar.IsIndeterminate) bar.Value = copy.Done;
                bar.Description = string.Create(CultureInfo.InvariantCulture, $"{copy.Done:N0} entries");
                context.Refresh();
            }

            await working.ConfigureAwait(false);
            return 0;
        }).ConfigureAwait(false);
}
