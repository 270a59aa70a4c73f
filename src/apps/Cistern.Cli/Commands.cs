using System.CommandLine;

namespace Cistern.Cli;

/// <summary>Every command there is. Only the one that is asked for is built: each costs some of the start. The help under Help/ is rendered from them and approved by a test.</summary>
internal static class Commands
{
    public const string Description = "Caches that refill themselves.";

    /// <summary>The names, in the order of the help.</summary>
    public static IReadOnlyList<string> Names { get; } = ["backfill", "write", "get", "set", "delete", "exists", "keys", "stats", "clear", "inspect", "copy", "verify", "replay"];

    /// <summary>Builds a command; null when there is none of this name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="args">The whole command line, for what a command begins before it is parsed.</param>
    public static CommandDefinition? Build(string name, string[] args) => name switch
    {
        "backfill" => new BackfillDefinition(EarlyInput.Begin(args)),
        "write" => new WriteDefinition(),
        "get" => new GetVerb(),
        "set" => new SetVerb(),
        "delete" => new DeleteVerb(),
        "exists" => new ExistsVerb(),
        "keys" => new KeysVerb(),
        "stats" => new StatsVerb(),
        "clear" => new ClearVerb(),
        "inspect" => new InspectVerb(),
        "copy" => new CopyVerb(),
        "verify" => new VerifyVerb(),
        "replay" => new ReplayVerb(),
        _ => null,
    };

    /// <summary>The root that a command line is parsed from: as if the given command were the only one.</summary>
    public static RootCommand RootOf(CommandDefinition definition)
    {
        var root = new RootCommand(Description) { definition.Command };

        // Help and version are answered before anything is parsed (EmbeddedHelp): the root's own are not wanted.
        root.Options.Clear();
        root.Directives.Clear();
        return root;
    }
}
