using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cistern.Cli;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class UsageFault
{
    private const string Help = "(cistern --help lists commands)";

    /// <summary>What is wrong with a command line that begins with no command.</summary>
    public static string OfCommand(string[] args)
    {
        if (args is not [var first, ..]) return $"a command is missing {Help}";
        var name = NameOf(first);
        if (first.StartsWith('-')) return $"unknown option '{name}'; a command comes first {Help}";
        return $"unknown command '{name}'{Suggest(name, Commands.Names)} {Help}";
    }

    /// <summary>An option that the command does not have, which the parser would take for an argument; null when there is none.</summary>
    public static string? FindUnknownOption(Command command, string[] args)
    {
        for (var i = 1; i < args.Length && args[i] != "--"; i++)
        {
            if (args[i] is not ['-', _, ..]) continue;
            var name = NameOf(args[i]);
            if (Find(command, name) is not { } option) return Unknown(command, name);
            if (TakesNext(option, args[i])) i++;
        }

        return null;
    }

    /// <summary>The first fault; null when there is none.</summary>
    public static string? Find(ParseResult result)
    {
        var command = result.CommandResult.Command;
        foreach (var option in result.CommandResult.Children.OfType<OptionResult>())
        {
            if (LacksValue(option, command)) return $"{option.Option.Name} needs a value {HelpOf(command)}";
            if (option.IdentifierTokenCount > 1 && option.Option.Arity.MaximumNumberOfValues <= 1) return $"{option.Option.Name} is given {option.IdentifierTokenCount} times; give it once";
        }

        // A value is not repeated: it may be a secret that lost its option.
        if (result.UnmatchedTokens.Count > 0)
        {
            return command.Arguments.Count == 0
                ? $"an argument without an option; every argument of {command.Name} belongs to one {HelpOf(command)}"
                : $"an argument too many; the arguments are {ArgumentList.Of(command)} {HelpOf(command)}";
        }

        var missing = result.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault(argument => argument.Tokens.Count < argument.Argument.Arity.MinimumNumberOfValues);
        if (missing is not null) return $"{missing.Argument.HelpName} is missing; the arguments are {ArgumentList.Of(command)} {HelpOf(command)}";
        return result.Errors is [var error, ..] ? $"{error.Message.TrimEnd('.')} {HelpOf(command)}" : null;
    }

    // An option that follows at once would be taken for the value.
    private static bool LacksValue(OptionResult option, Command command) =>
        option.Option.Arity.MinimumNumberOfValues > 0
        && (option.Tokens.Count < (option.Option.Arity.MaximumNumberOfValues > 1 ? option.IdentifierTokenCount : 1) || option.Tokens.Any(token => Find(command, token.Value) is not null));

    private static string Unknown(Command command, string name)
    {
        var hint = Suggest(name, command.Options.Select(option => option.Name));
        if (hint.Length == 0 && command.Arguments.Count > 0) hint = "; an argument that begins with a dash goes after --";
        return $"unknown option '{name}'{hint} {HelpOf(command)}";
    }

    private static Option? Find(Command command, string name) => command.Options.FirstOrDefault(option => option.Name == name);

    private static bool TakesNext(Option option, string arg) => option.Arity.MinimumNumberOfValues > 0 && arg == option.Name;

    private static string NameOf(string token) => token.Split('=', ':')[0];

    private static string Suggest(string name, IEnumerable<string> names) => NearestWord.Find(name, names) is { } near ? $"; did you mean '{near}'?" : "";

    private static string HelpOf(Command command) => $"(cistern {command.Name} --help lists its options)";
}
