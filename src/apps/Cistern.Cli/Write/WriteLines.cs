using System.Globalization;

namespace Cistern.Cli;

/// <summary>A plain line now and then: every few seconds, so that a log neither grows nor looks dead. Safe for concurrent use.</summary>
internal sealed class WriteLines(ConsoleStreams console, WritePlan plan) : IProgress<WriteProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly long[] _done = new long[plan.Choices.Count];
    private long _last = TimeProvider.System.GetTimestamp();

    /// <inheritdoc/>
    public void Report(WriteProgress value)
    {
        lock (_lock)
        {
            _done[value.Target] = value.Done;
            if (TimeProvider.System.GetElapsedTime(_last) < Pause) return;
            _last = TimeProvider.System.GetTimestamp();
            var each = plan.Choices.Select((choice, i) => string.Create(CultureInfo.InvariantCulture, $"{choice.Shown} {_done[i]:N0}"));
            var all = plan.Count is { } count ? string.Create(CultureInfo.InvariantCulture, $" of {count:N0}") : "";
            console.Say($"progress: {string.Join(", ", each)}{all} records");
        }
    }
}
