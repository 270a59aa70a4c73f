using System.CommandLine;

namespace Cistern.Cli;

/// <summary>The arguments of a command as usage shows them.</summary>
internal static class ArgumentList
{
    public static string Of(Command command) => string.Join(' ', command.Arguments.Select(Of));

    private static string Of(Argument argument)
    {
        var name = argument.HelpName + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }
}
