using System.CommandLine;

namespace Cistern.Cli;

/// <summary>Every command there is. The help under Help/ is rendered from these and approved by a test.</summary>
internal sealed class Commands
{
    public Commands()
    {
        Root = new RootCommand("Caches that refill themselves.") { Backfill.Command };

        // Help and version are answered before anything is parsed (EmbeddedHelp): the root's own are not wanted.
        Root.Options.Clear();
        Root.Directives.Clear();
    }

    public RootCommand Root { get; }

    public BackfillDefinition Backfill { get; } = new();
}
