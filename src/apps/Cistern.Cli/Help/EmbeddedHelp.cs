namespace Cistern.Cli;

/// <summary>
/// Help and version as texts made beforehand: rendering them would load and compile the whole command-line library, several times the
/// work of an empty program. A test holds the texts to the command definitions.
/// </summary>
internal static class EmbeddedHelp
{
    private const string Program = "cistern";

    /// <summary>The text that a command line asks for; null when it asks for something else. The caller disposes it.</summary>
    public static Stream? Find(string[] args)
    {
        if (args is ["--version"]) return new MemoryStream(System.Text.Encoding.UTF8.GetBytes($"cistern {typeof(EmbeddedHelp).Assembly.GetName().Version!.ToString(3)}\n"));
        if (args is ["help"] or ["--help" or "-h" or "-?"]) return Open(Program);
        if (args is ["help", var command]) return OpenOf(command);
        return args.Length > 1 && Asks(args) ? OpenOf(args[0]) : null;
    }

    // What follows a double dash is an argument, whatever it looks like.
    private static bool Asks(string[] args)
    {
        for (var i = 1; i < args.Length && args[i] != "--"; i++)
        {
            if (args[i] is "--help" or "-h" or "-?") return true;
        }

        return false;
    }

    // There is a text of that name, or there is no such command.
    private static Stream? OpenOf(string command) => command == Program ? null : Open(command);

    private static Stream? Open(string name) => typeof(EmbeddedHelp).Assembly.GetManifestResourceStream(name + ".txt");
}
