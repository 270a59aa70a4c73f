using System.Buffers;

namespace Cistern;

/// <summary>
/// Finds the rows of a CSV file (RFC 4180): a line end inside quotes belongs to its field. A quote inside a field that does not begin with
/// one, and a carriage return alone, are faults, so that what counts as a row here is a row to every reader.
/// </summary>
internal sealed class CsvRowSplitter(char delimiter) : RecordSplitter
{
    private const byte Quote = (byte)'"';
    private const byte LineFeed = (byte)'\n';

    private const string StrayQuote = "A quote stands inside a field that does not begin with one; put the field in quotes and write the quote twice.";
    private const string NeverClosed = "The quotes of a field are not closed.";
    private const string CarriageReturn = "A carriage return stands alone; a line ends in a line feed, and a field with a line end must be in quotes.";

    private static readonly SearchValues<byte> Special = SearchValues.Create("\"\r\n"u8);

    public override string RecordName => "row";

    public override RecordBounds Find(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var start = 0;
        var isQuoted = false;
        for (var i = 0; i < bytes.Length; i++)
        {
            var step = isQuoted ? bytes[i..].IndexOf(Quote) : bytes[i..].IndexOfAny(Special);
            if (step < 0) break;
            i += step;
            if (bytes[i] == Quote)
            {
                // After a quote that closed, another one means a quote in the text, and opens again.
                if (!isQuoted && i > start && bytes[i - 1] != delimiter && bytes[i - 1] != Quote) return RecordBounds.Refused(StrayQuote, i);
                isQuoted = !isQuoted;
                continue;
            }

            var isReturn = bytes[i] != LineFeed;
            if (isReturn && i + 1 == bytes.Length && !isEnd) break;
            if (isReturn && (i + 1 == bytes.Length || bytes[i + 1] != LineFeed)) return RecordBounds.Refused(CarriageReturn, i);
            var next = i + (isReturn ? 2 : 1);
            if (i > start) return RecordBounds.Found(start, i - start, next);
            start = next;
            i = next - 1;
        }

        if (!isEnd || start == bytes.Length) return RecordBounds.Incomplete(start);
        return isQuoted ? RecordBounds.Refused(NeverClosed, start) : RecordBounds.Found(start, bytes.Length - start, bytes.Length);
    }
}
