using System.Globalization;
using System.Text;

namespace Cistern.Cli;

/// <summary>Knows which characters could lie to a reader: those that move the cursor, change colours, reorder or hide text, or begin a line.</summary>
internal static class TerminalText
{
    /// <summary>Whether a character is shown as an escape instead of itself.</summary>
    public static bool IsHostile(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>A text as one harmless line.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsHostile(rune)) escaped.Append(rune.ToString());
            else foreach (var unit in rune.ToString()) escaped.Append($"\\u{(int)unit:x4}");
        }

        return escaped.ToString();
    }
}
