using Spectre.Console;

namespace Cistern.Cli;

/// <summary>Draws the figures of a run on a terminal.</summary>
internal static class TerminalTable
{
    public static void Print(ConsoleStreams console, bool noColor, IReadOnlyList<(string Name, string Figure)> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("", column => column.RightAligned());
        foreach (var (name, figure) in rows) table.AddRow(new Text(name), new Text(figure, new Style(decoration: Decoration.Bold)));
        TerminalConsole.Create(console, noColor).Write(table);
    }
}
