using System.Globalization;
using Spectre.Console;

namespace Cistern.Cli;

/// <summary>A bar with the live miss rate. Only for terminals: Spectre is not even loaded elsewhere.</summary>
internal sealed class TerminalProgress : ILookupObserver
{
    private readonly ProgressTask _task;
    private readonly ProgressContext _context;
    private long _last = TimeProvider.System.GetTimestamp();

    private TerminalProgress(ProgressContext context, long? total)
    {
        _context = context;
        _task = context.AddTask("lookups", maxValue: Math.Max(1, total ?? 1));
        _task.IsIndeterminate = total is null;
    }

    public static Task ShowAsync(ConsoleStreams console, bool noColor, long? total, BackfillRun run, Func<Task> work) =>
        TerminalConsole.ShowBarsAsync(console, noColor, async context =>
        {
            run.Watch(new TerminalProgress(context, total));
            await work().ConfigureAwait(false);
            return 0;
        });

    // A clock costs more than a lookup.
    /// <inheritdoc/>
    public long Interval => 1024;

    /// <inheritdoc/>
    public void LookupObserved(long number, bool isHit, double missRate)
    {
        if (TimeProvider.System.GetElapsedTime(_last).TotalMilliseconds < 100) return;
        _last = TimeProvider.System.GetTimestamp();
        _task.Value = _task.IsIndeterminate ? 0 : number;
        _task.Description = string.Create(CultureInfo.InvariantCulture, $"{number:N0} lookups, miss rate {missRate:0.0000}");
        _context.Refresh();
    }
}
