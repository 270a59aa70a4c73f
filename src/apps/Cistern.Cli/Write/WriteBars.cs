using System.Globalization;
using Spectre.Console;

namespace Cistern.Cli;

/// <summary>A bar for each backend. Only for terminals: Spectre is not even loaded elsewhere. Safe for concurrent use.</summary>
internal sealed class WriteBars : IProgress<WriteProgress>
{
    private readonly Lock _lock = new();
    private readonly ProgressContext _context;
    private readonly ProgressTask[] _bars;
    private readonly WritePlan _plan;
    private long _last = TimeProvider.System.GetTimestamp();

    private WriteBars(ProgressContext context, WritePlan plan)
    {
        _context = context;
        _plan = plan;
        _bars = [.. plan.Choices.Select(choice => context.AddTask(Describe(choice.Shown, 0, 0), maxValue: Math.Max(1, plan.Count ?? 1)))];
        foreach (var bar in _bars) bar.IsIndeterminate = plan.Count is null;
    }

    public static Task<WriteReport> ShowAsync(ConsoleStreams console, bool noColor, WritePlan plan, Func<IProgress<WriteProgress>?, Task<WriteReport>> work) =>
        TerminalConsole.ShowBarsAsync(console, noColor, context => work(new WriteBars(context, plan)), Justify.Left);

    /// <inheritdoc/>
    public void Report(WriteProgress value)
    {
        lock (_lock)
        {
            var bar = _bars[value.Target];
            if (_plan.Count is not null) bar.Value = value.Done;
            bar.Description = Describe(value.Name, value.Done, value.Failed);
            if (TimeProvider.System.GetElapsedTime(_last).TotalMilliseconds < 100) return;
            _last = TimeProvider.System.GetTimestamp();
            _context.Refresh();
        }
    }

    private static string Describe(string name, long done, long failed) =>
        Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{TerminalText.Escape(name)}: {done:N0}{(failed > 0 ? $", {failed:N0} failed" : "")}"));
}
