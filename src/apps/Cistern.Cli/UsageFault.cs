using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cistern.Cli;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class UsageFault
{
    private const string Help = "(cistern --help lists commands, cistern backfill --help their options)";

    /// <summary>The first fault; null when there is none.</summary>
    public static string? Find(ParseResult result)
    {
        foreach (var option in result.CommandResult.Children.OfType<OptionResult>())
        {
            if (LacksValue(option, result.CommandResult.Command)) return $"{option.Option.Name} needs a value {Help}";
            if (option.IdentifierTokenCount > 1) return $"{option.Option.Name} is given {option.IdentifierTokenCount} times; give it once";
        }

        if (result.UnmatchedTokens is [var unknown, ..]) return Unknown(unknown, result.CommandResult.Command);
        if (result.CommandResult.Command is RootCommand) return $"a command is missing {Help}";
        return result.Errors is [var error, ..] ? $"{error.Message.TrimEnd('.')} {Help}" : null;
    }

    // An option that follows at once would be taken for the value.
    private static bool LacksValue(OptionResult option, Command command) =>
        option.Option.Arity.MinimumNumberOfValues > 0
        && (option.Tokens.Count == 0 || command.Options.Any(other => other.Name == option.Tokens[0].Value));

    // A value is not repeated: it may be a secret that lost its option.
    private static string Unknown(string token, Command command)
    {
        var name = token.Split('=', ':')[0];
        if (!token.StartsWith('-') && command is not RootCommand) return $"an argument without an option; every argument of {command.Name} belongs to one {Help}";
        var kind = token.StartsWith('-') ? "option" : "command";
        var names = token.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(subcommand => subcommand.Name);
        return $"unknown {kind} '{name}'{(NearestWord.Find(name, names) is { } near ? $"; did you mean '{near}'?" : "")} {Help}";
    }
}
