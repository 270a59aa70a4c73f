using System.Runtime.CompilerServices;

namespace Cistern.Cli;

/// <summary>
/// Writes HTML in which whatever is inserted is text: <c>Write($"&lt;td&gt;{error}&lt;/td&gt;")</c> writes the literal parts as they are
/// and escapes the rest, so that escaping cannot be forgotten. The result is well-formed XML too.
/// </summary>
internal sealed class MarkupWriter(TextWriter output)
{
    /// <summary>Writes markup.</summary>
    /// <param name="markup">An interpolated string; its holes are escaped.</param>
#pragma warning disable CA1822 // The compiler has the instance write the parts before this is called.
    public void Write([InterpolatedStringHandlerArgument("")] Interpolation markup) => _ = markup;
#pragma warning restore CA1822

    /// <summary>Writes markup and ends the line.</summary>
    /// <param name="markup">An interpolated string; its holes are escaped.</param>
    public void WriteLine([InterpolatedStringHandlerArgument("")] Interpolation markup)
    {
        Write(markup);
        output.Write('\n');
    }

    /// <summary>Writes what is markup already.</summary>
    /// <param name="markup">Trusted text: a part of the template.</param>
    public void WriteRaw(ReadOnlySpan<char> markup) => output.Write(markup);

    private void WriteText(ReadOnlySpan<char> text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            switch (character)
            {
                case '<': output.Write("&lt;"); break;
                case '>': output.Write("&gt;"); break;
                case '&': output.Write("&amp;"); break;
                case '"': output.Write("&quot;"); break;
                case '\'': output.Write("&#39;"); break;
                case var _ when char.IsHighSurrogate(character) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]):
                    output.Write(text.Slice(index++, 2));
                    break;
                case var _ when IsUnreadable(character): output.Write($"\\u{(int)character:x4}"); break;
                default: output.Write(character); break;
            }
        }
    }

    // What XML forbids, and marks that would reorder the text around them: shown by their code, for an error message may be hostile.
    private static bool IsUnreadable(char character) =>
        char.IsSurrogate(character)
        || (char.IsControl(character) && character is not ('\n' or '\t'))
        || character is '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufffe' or '\uffff';

    /// <summary>Receives the parts of an interpolated string from the compiler.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Interpolation
    {
        private readonly MarkupWriter _writer;

        // The compiler tells how much will come; as nothing is buffered, it does not matter.
        public Interpolation(int literalLength, int formattedCount, MarkupWriter writer) => _writer = writer;

        public void AppendLiteral(string markup) => _writer.WriteRaw(markup);

        public void AppendFormatted(string? text) => _writer.WriteText(text);

        public void AppendFormatted(long number) => _writer.WriteRaw($"{number}");

        public void AppendFormatted(double number) => _writer.WriteRaw(number.ToString("0.###"));
    }
}
