using Microsoft.Win32.SafeHandles;

namespace Cistern.Cli;

/// <summary>Where the program reads and prints: its product for programs to one stream, all else for people to the other.</summary>
/// <param name="Output">Standard output, as bytes.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ConsoleStreams(Stream Output, TextWriter Error)
{
    private const int StandardOutput = 1;

    /// <summary>Standard error; what cannot be written there is lost, and nothing is thrown.</summary>
    public TextWriter Error { get; } = new ForgivingWriter(Error);

    /// <summary>Opens standard input, as bytes; only asked for by who reads it.</summary>
    public Func<Stream> OpenInput { get; init; } = static () => Stream.Null;

    /// <summary>The descriptor below <see cref="Output"/> if it is a regular file or a device; else null.</summary>
    public SafeFileHandle? OutputDescriptor { get; init; }

    /// <summary>Whether standard input is a terminal, where somebody can answer.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Whether standard output is a terminal, which a text could lie to.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether standard error is a terminal, which can redraw a line.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colours are unwelcome everywhere (the environment's <c>NO_COLOR</c>, see no-color.org).</summary>
    public bool NoColor { get; init; }

    /// <summary>The process's own.</summary>
    public static ConsoleStreams Open() => new(Console.OpenStandardOutput(), Console.Error)
    {
        OpenInput = Console.OpenStandardInput,
        InputIsTerminal = !Console.IsInputRedirected,
        OutputIsTerminal = !Console.IsOutputRedirected,
        OutputDescriptor = NativeFile.Identify("/dev/stdout") is { IsRegular: true } or { IsCharacterDevice: true } ? new SafeFileHandle(StandardOutput, ownsHandle: false) : null,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        NoColor = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
    };

    /// <summary>Prints one line for people, without passwords; whatever could lie on a terminal is shown as an escape.</summary>
    public void Say(string line) => Error.WriteLine(TerminalText.Escape(UrlPasswords.Hide(line)));
}
