using System.CommandLine;
using System.Text;

namespace Cistern.Cli.Tests;

/// <summary>Renders help from the command definitions: what the embedded texts must equal.</summary>
internal static class HelpRenderer
{
    private const int Width = 120;

    public static string Root()
    {
        var commands = new Commands();
        var text = new StringBuilder($"{commands.Root.Description}\n\nUsage: cistern COMMAND [options]\n\nCommands:\n");
        foreach (var command in commands.Root.Subcommands) Entry(text, command.Name, command.Description!, 12);
        text.Append("\nOptions:\n");
        Entry(text, "--help", "this, or after a command its own help", 12);
        Entry(text, "--version", "the version", 12);
        return text.Append('\n').Append(Notes("cistern")).ToString();
    }

    public static string Of(Command command)
    {
        var text = new StringBuilder($"{command.Description}\n\nUsage: cistern {command.Name} [options]\n\nOptions:\n");
        var column = command.Options.Max(option => Heading(option).Length) + 4;
        foreach (var option in command.Options) Entry(text, Heading(option), option.Description!, column);
        Entry(text, "--help", "this", column);
        return text.Append('\n').Append(Notes(command.Name)).ToString();
    }

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
