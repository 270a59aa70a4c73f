using System.Text;

namespace Cistern.Cli;

/// <summary>Bytes of a value as text for people: what could lie on a terminal is an escape, a byte that is no UTF-8 is <c>\xNN</c>.</summary>
internal static class ValueText
{
    /// <summary>A value as one harmless line.</summary>
    public static string Line(ReadOnlySpan<byte> value) => Escape(value, keepsLines: false);

    /// <summary>A value as harmless lines: its line ends and tabs stay.</summary>
    public static string Lines(ReadOnlySpan<byte> value) => Escape(value, keepsLines: true);

    private static string Escape(ReadOnlySpan<byte> value, bool keepsLines)
    {
        var text = new StringBuilder(value.Length);
        while (value.Length > 0)
        {
            if (Rune.DecodeFromUtf8(value, out var rune, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                foreach (var invalid in value[..consumed]) text.Append($"\\x{invalid:x2}");
            }
            else if (keepsLines && rune.Value is '\n' or '\t')
            {
                text.Append((char)rune.Value);
            }
            else
            {
                text.Append(TerminalText.Escape(rune.ToString()));
            }

            value = value[consumed..];
        }

        return text.ToString();
    }
}
