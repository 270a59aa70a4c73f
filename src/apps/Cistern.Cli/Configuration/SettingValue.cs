using System.Globalization;
using System.Text.Json;

namespace Cistern.Cli;

/// <summary>One value of a setting as it was written, in a file or on the command line; null from a reading means that it is not what is allowed.</summary>
/// <param name="Kind">The JSON token; on the command line everything is <see cref="JsonTokenType.None"/>, and the text decides.</param>
/// <param name="Text">The literal of a number, the text of a string.</param>
internal readonly record struct SettingValue(JsonTokenType Kind, string Text)
{
    private const int LongestShown = 32;

    public static SettingValue FromCommandLine(string text) => new(JsonTokenType.None, text);

    public bool IsNull => Kind == JsonTokenType.Null || (IsTyped && Text == "none");

    /// <summary>What was found, for an error: numbers as they are, everything else by its kind, as a text may hold a secret.</summary>
    public string Found => Kind switch
    {
        JsonTokenType.None when Text.Length == 0 => "an empty text",
        JsonTokenType.None => $"'{Shorten(Text)}'",
        JsonTokenType.Number => Shorten(Text),
        JsonTokenType.String => "a string",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "null",
        JsonTokenType.StartArray => "an array",
        _ => "an object",
    };

    private bool IsTyped => Kind == JsonTokenType.None;

    public double? Number(double least, double most) =>
        (IsTyped || Kind == JsonTokenType.Number)
        && double.TryParse(Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most ? number : null;

    /// <summary>A whole number, written as one: 3, not 3.0.</summary>
    public int? Whole(int least) =>
        (IsTyped || Kind == JsonTokenType.Number)
        && int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least ? number : null;

    public bool? Flag() => Kind switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.None when Text is "true" or "" => true,
        JsonTokenType.None when Text == "false" => false,
        _ => null,
    };

    public string? Word() => IsTyped || Kind == JsonTokenType.String ? Text : null;

    public TimeSpan? Duration() => Word() is { } text ? DurationText.Parse(text) : null;

    private static string Shorten(string text) => text.Length <= LongestShown ? text : text[..LongestShown] + "…";
}
