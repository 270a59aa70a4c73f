using System.Globalization;

namespace Cistern.Cli;

/// <summary>The figures of a write for people: a drawn table on a terminal, aligned lines elsewhere.</summary>
internal static class WriteTable
{
    public static void Print(ConsoleStreams console, WriteOutcome outcome, bool noColor)
    {
        var rows = Rows(outcome.Report);
        if (console.ErrorIsTerminal)
        {
            TerminalTable.Print(console, noColor, rows, areNumbers: false);
            return;
        }

        var width = rows.Max(row => row.Name.Length);
        foreach (var (name, figures) in rows) console.Say($"  {name.PadRight(width)}  {figures}");
    }

    /// <summary>What is told, in order. What is zero and would only be noise is left out.</summary>
    public static IReadOnlyList<(string Name, string Figures)> Rows(WriteReport report)
    {
        List<string> records = [Count(report.Accepted) + " accepted"];
        if (report.Rejected > 0) records.Add($"{Count(report.Rejected)} rejected");
        if (report.Duplicates > 0) records.Add($"{(report.AreDuplicatesExact ? "" : "at least ")}{Count(report.Duplicates)} with the key of an earlier one");
        return [("records", string.Join(", ", records)), .. report.Backends.Select(backend => (TerminalText.Escape(backend.Name), Figures(backend)))];
    }

    private static string Figures(BackendWriteReport backend)
    {
        List<string> figures = [$"{Count(backend.Stored)} stored"];
        (long Count, string Word)[] others =
        [
            (backend.AlreadyCurrent, "already current"), (backend.Superseded, "superseded"), (backend.Present, "present"),
            (backend.TooLarge, "too large"), (backend.Failed, "failed"), (backend.Unwritten, "unwritten"),
        ];
        figures.AddRange(others.Where(other => other.Count > 0).Select(other => $"{Count(other.Count)} {other.Word}"));
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", figures)} in {backend.Elapsed.TotalSeconds:0.000} s");
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
