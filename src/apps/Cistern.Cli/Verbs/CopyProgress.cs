using System.Globalization;

namespace Cistern.Cli;

/// <summary>Shows how far a copy is: a bar on a terminal, nothing elsewhere, where the report is all that anybody reads.</summary>
internal sealed class CopyProgress : IProgress<WriteProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private long _done;

    private CopyProgress()
    {
    }

    /// <inheritdoc/>
    public void Report(WriteProgress value) => Volatile.Write(ref _done, value.Done);

    /// <summary>Does the work and shows it.</summary>
    /// <param name="run">Where it is shown, and whether.</param>
    /// <param name="whole">The backend that is copied whole; null: how much will be copied is not known.</param>
    /// <param name="work">The work, which tells how far it is.</param>
    public static async Task<WriteReport> ShowAsync(VerbRun run, CacheBackend? whole, Func<IProgress<WriteProgress>?, Task<WriteReport>> work)
    {
        if (run.IsQuiet || !run.Console.ErrorIsTerminal) return await work(null).ConfigureAwait(false);
        var total = whole is null ? null : (await whole.GetStatsAsync(run.CancellationToken).ConfigureAwait(false)).CurrentEntries;
        return await DrawAsync(run, total, work).ConfigureAwait(false);
    }

    // Apart, so that Spectre is only loaded for who sees it.
    private static async Task<WriteReport> DrawAsync(VerbRun run, long? total, Func<IProgress<WriteProgress>?, Task<WriteReport>> work) =>
        await TerminalConsole.ShowBarsAsync(run.Console, run.NoColor, async context =>
        {
            var bar = context.AddTask("entries", maxValue: Math.Max(1, total ?? 1));
            bar.IsIndeterminate = total is null;
            var progress = new CopyProgress();
            var working = work(progress);
            while (await Task.WhenAny(working, Task.Delay(Pause, TimeProvider.System)).ConfigureAwait(false) != working)
            {
                var done = Volatile.Read(ref progress._done);
                if (!bar.IsIndeterminate) bar.Value = done;
                bar.Description = string.Create(CultureInfo.InvariantCulture, $"{done:N0} entries");
                context.Refresh();
            }

            return await working.ConfigureAwait(false);
        }).ConfigureAwait(false);
}
