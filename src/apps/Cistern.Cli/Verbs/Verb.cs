using System.CommandLine;

namespace Cistern.Cli;

/// <summary>A command that does one thing to what its first argument names, nearly always a backend by its address; and what all of them have in common.</summary>
internal abstract class Verb : CommandDefinition
{
    private readonly Option<bool> _json = new("--json") { Description = "print the result as JSON" };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "say nothing but what was asked for, and errors" };
    private readonly Option<bool> _noColor = new("--no-color") { Description = "no colours, as with the environment's NO_COLOR" };

    /// <summary>Names the verb.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="description">What it does, in one sentence.</param>
    protected Verb(string name, string description) => Command = new Command(name, description);

    /// <inheritdoc/>
    public sealed override Command Command { get; }

    /// <inheritdoc/>
    public sealed override Task<int> RunAsync(ParseResult result, Surroundings surroundings, CancellationToken cancellationToken) =>
        RunAsync(new VerbRun(result, surroundings, cancellationToken)
        {
            IsJson = result.GetValue(_json),
            IsQuiet = result.GetValue(_quiet),
            NoColor = result.GetValue(_noColor) || surroundings.Console.NoColor,
        });

    /// <summary>Says what the command line may hold; the options that all verbs have come last.</summary>
    protected void Declare(Argument[] arguments, params Option[] options)
    {
        foreach (var argument in arguments) Command.Arguments.Add(argument);
        foreach (var option in options) Command.Options.Add(option);
        Command.Options.Add(_json);
        Command.Options.Add(_quiet);
        Command.Options.Add(_noColor);
    }

    /// <summary>Does it.</summary>
    /// <param name="run">What was asked for, and where it is told.</param>
    /// <returns>An exit code.</returns>
    protected abstract Task<int> RunAsync(VerbRun run);

    /// <summary>An argument that must be given.</summary>
    protected static Argument<string> One(string name, string description) => new(name.ToLowerInvariant()) { HelpName = name, Description = description };

    /// <summary>An argument that may be left out.</summary>
    protected static Argument<string?> Maybe(string name, string description) =>
        new(name.ToLowerInvariant()) { HelpName = name, Description = description, Arity = ArgumentArity.ZeroOrOne };

    /// <summary>An argument that may be given any number of times.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="description">What it is.</param>
    /// <param name="least">How often it must be given at least.</param>
    protected static Argument<string[]> Several(string name, string description, int least = 1) =>
        new(name.ToLowerInvariant()) { HelpName = name, Description = description, Arity = least == 0 ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore };

    /// <summary>An option with a value that may be given several times.</summary>
    protected static Option<string[]> Repeated(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    /// <summary>An option without a value.</summary>
    protected static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>The address of the backend that the verb is about.</summary>
    protected static Argument<string> AddressArgument(string name = "ADDRESS", string description = "where the entries live, such as file:cache.json or sqlite:cache.db") => One(name, description);
}
