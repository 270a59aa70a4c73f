namespace Cistern.Cli;

/// <summary>
/// Help and version as texts made beforehand: rendering them would load and compile the whole command-line library, several times the
/// work of an empty program. A test holds the texts to the command definitions.
/// </summary>
internal static class EmbeddedHelp
{
    /// <summary>The text that a command line asks for; null when it asks for something else. The caller disposes it.</summary>
    public static Stream? Find(string[] args)
    {
        if (args is ["--version"]) return new MemoryStream(System.Text.Encoding.UTF8.GetBytes($"cistern {typeof(EmbeddedHelp).Assembly.GetName().Version!.ToString(3)}\n"));
        if (args is ["help"] or ["--help" or "-h" or "-?"]) return Open("cistern.txt");
        if (args is ["help", "backfill"]) return Open("backfill.txt");
        return args.Length > 1 && args[0] == "backfill" && Asks(args) ? Open("backfill.txt") : null;
    }

    private static bool Asks(string[] args)
    {
        foreach (var arg in args)
        {
            if (arg is "--help" or "-h" or "-?") return true;
        }

        return false;
    }

    private static Stream Open(string name) => typeof(EmbeddedHelp).Assembly.GetManifestResourceStream(name)!;
}
