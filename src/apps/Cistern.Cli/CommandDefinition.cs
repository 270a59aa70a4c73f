using System.CommandLine;

namespace Cistern.Cli;

/// <summary>One command: what the parser and the help know of it, and how it runs. One use.</summary>
internal abstract class CommandDefinition
{
    /// <summary>The command with its arguments and options.</summary>
    public abstract Command Command { get; }

    /// <summary>What an interrupted run leaves behind, after "interrupted"; empty: it says so itself, or it depends.</summary>
    public virtual string Interruption => "";

    /// <summary>Runs it.</summary>
    /// <param name="result">The parsed command line, without faults.</param>
    /// <param name="surroundings">Where it runs.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    /// <returns>An exit code.</returns>
    /// <exception cref="BadInputException">Something given cannot be used.</exception>
    public abstract Task<int> RunAsync(ParseResult result, Surroundings surroundings, CancellationToken cancellationToken);

    /// <summary>An option with a value.</summary>
    protected static Option<string?> Named(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
