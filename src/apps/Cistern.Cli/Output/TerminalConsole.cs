using Spectre.Console;

namespace Cistern.Cli;

/// <summary>Makes Spectre write to standard error.</summary>
internal static class TerminalConsole
{
    public static IAnsiConsole Create(ConsoleStreams console, bool noColor) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(console.Error),

        // Known to be a terminal by now; Spectre would ask about standard output. Sixteen colours are the reader's own.
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        ColorSystem = noColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Standard,
    });

    /// <summary>Runs something under bars that are redrawn when it says so, and gone when it is done.</summary>
    /// <param name="console">Where; its standard error is a terminal.</param>
    /// <param name="noColor">Whether colours are unwelcome.</param>
    /// <param name="work">Adds the bars and moves them.</param>
    /// <param name="alignment">On which side the descriptions stand.</param>
    /// <typeparam name="T">What the work gives.</typeparam>
    public static Task<T> ShowBarsAsync<T>(ConsoleStreams console, bool noColor, Func<ProgressContext, Task<T>> work, Justify alignment = Justify.Right) =>
        Create(console, noColor).Progress().AutoRefresh(false).AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = alignment }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(work);
}
