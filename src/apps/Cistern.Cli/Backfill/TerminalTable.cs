using Spectre.Console;

namespace Cistern.Cli;

/// <summary>Draws the figures of a run on a terminal.</summary>
internal static class TerminalTable
{
    /// <summary>Draws them.</summary>
    /// <param name="console">Where; its standard error is a terminal.</param>
    /// <param name="noColor">Whether colours are unwelcome.</param>
    /// <param name="rows">Names and figures, in order.</param>
    /// <param name="areNumbers">Whether the figures are numbers, to be read from the right.</param>
    public static void Print(ConsoleStreams console, bool noColor, IReadOnlyList<(string Name, string Figure)> rows, bool areNumbers = true)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("", column => column.Alignment = areNumbers ? Justify.Right : null);
        foreach (var (name, figure) in rows) table.AddRow(new Text(name), new Text(figure, new Style(decoration: Decoration.Bold)));
        TerminalConsole.Create(console, noColor).Write(table);
    }
}
