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
}
