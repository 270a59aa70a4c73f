using System.Text.Json;

namespace Cistern.Cli;

/// <summary>The faults that every configuration can have, told alike.</summary>
internal static class ConfigFault
{
    private const int LongestShown = 64;

    /// <summary>The file is not JSON.</summary>
    public static BadInputException NotJson(InputFile file, JsonException error) =>
        new($"{file.Name}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}: {JsonFault.Explain(error)}", error);

    /// <summary>A key of the file is not one of those that are known.</summary>
    public static BadInputException UnknownKey(InputFile file, string name, IReadOnlyList<string> known)
    {
        var hint = NearestWord.Find(name, known) is { } near ? $"; did you mean \"{near}\"?" : $"; known are {string.Join(", ", known)}";
        return new BadInputException($"{file.Name}: $.{(name.Length > LongestShown ? name[..LongestShown] + "…" : name)}: unknown key{hint}");
    }
}
