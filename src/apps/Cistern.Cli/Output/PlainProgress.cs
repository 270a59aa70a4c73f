using System.Globalization;

namespace Cistern.Cli;

/// <summary>A plain line now and then: every few seconds, so that a log neither grows nor looks dead.</summary>
internal sealed class PlainProgress(ConsoleStreams console, long? total) : ILookupObserver
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long _last = TimeProvider.System.GetTimestamp();

    // A clock costs more than a lookup.
    /// <inheritdoc/>
    public long Interval => 1024;

    /// <inheritdoc/>
    public void LookupObserved(long number, bool isHit, double missRate)
    {
        if (TimeProvider.System.GetElapsedTime(_last) < Pause) return;
        _last = TimeProvider.System.GetTimestamp();
        console.Say(string.Create(CultureInfo.InvariantCulture, $"progress: {number:N0}{(total is { } all ? $" of {all:N0} lookups ({100 * number / all} %)" : " lookups")}, miss rate {missRate:0.0000}"));
    }
}
