using System.CommandLine;
using System.Text;

namespace Cistern.Cli.Tests;

/// <summary>Renders help from the command definitions: what the embedded texts must equal.</summary>
internal static class HelpRenderer
{
    private const int Width = 120;

    public static string Root()
    {
        var text = new StringBuilder($"{Commands.Description}\n\nUsage: cistern COMMAND [arguments] [options]\n\nCommands:\n");
        foreach (var command in Commands.Names.Select(Build)) Entry(text, command.Name, command.Description!, 12);
        text.Append("\nOptions:\n");
        Entry(text, "--help", "this, or after a command its own help", 12);
        Entry(text, "--version", "the version", 12);
        return text.Append('\n').Append(Notes("cistern")).ToString();
    }

    public static string Of(string name)
    {
        var command = Build(name);
        var arguments = ArgumentList.Of(command);
        var text = new StringBuilder($"{command.Description}\n\nUsage: cistern {name}{(arguments.Length == 0 ? "" : " " + arguments)} [options]\n\n");
        var column = command.Options.Max(option => Heading(option).Length) + 4;
        if (arguments.Length > 0) text.Append("Arguments:\n");
        foreach (var argument in command.Arguments) Entry(text, argument.HelpName!, argument.Description!, column);
        text.Append(arguments.Length > 0 ? "\nOptions:\n" : "Options:\n");
        foreach (var option in command.Options) Entry(text, Heading(option), option.Description!, column);
        Entry(text, "--help", "this", column);
        return text.Append('\n').Append(Notes(name)).ToString();
    }

    private static Command Build(string name) => Commands.Build(name, [])!.Command;

    private static string Heading(Option option) => option.ValueType == typeof(bool) ? option.Name : $"{option.Name} {option.HelpName}";

    private static void Entry(StringBuilder text, string heading, string description, int column)
    {
        var line = ("  " + heading).PadRight(column);
        foreach (var word in description.Split(' '))
        {
            if (line.Length + word.Length > Width)
            {
                text.Append(line.TrimEnd()).Append('\n');
                line = new string(' ', column);
            }

            line += word + " ";
        }

        text.Append(line.TrimEnd()).Append('\n');
    }

    private static string Notes(string name) => File.ReadAllText(Repository.File("src", "apps", "Cistern.Cli", "Help", "Notes", name + ".txt"));
}
