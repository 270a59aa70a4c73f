using System.Buffers;

namespace Cistern.Cli;

/// <summary>Streams every audit entry to a file as JSON Lines, and to people who asked for them.</summary>
/// <param name="clock">Tells whether times mean anything.</param>
/// <param name="output">The file; null: none.</param>
/// <param name="people">Where people read; null: none asked.</param>
internal sealed class AuditStream(LookupClock clock, BlockWriter? output, ConsoleStreams? people) : IAuditSink
{
    /// <summary>What went wrong first: an audit must not stop a cache, so it is told at the end. Null: nothing.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public void Write(AuditEntry entry)
    {
        people?.Say(Describe(entry));
        if (output is null || Failure is not null) return;
        try
        {
            AuditLine.Write(output, entry, clock.HasTime);
            output.Write("\n"u8);
        }
        catch (BadInputException error)
        {
            Failure = error;
        }
    }

    private static string Describe(AuditEntry entry)
    {
        var rate = entry.MissRate is { } missRate ? $", miss rate {JsonText.Rate(missRate)}" : "";
        var times = entry.Count > 1 ? $", {entry.Count:N0} times" : "";
        var error = entry.Error is null ? "" : $", {entry.Error}";
        return $"audit: {entry.ActionName}: loaded {entry.Loaded:N0} at lookup {entry.Lookups:N0}{rate}{times}{error}";
    }
}
