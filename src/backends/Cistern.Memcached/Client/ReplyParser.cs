using System.Buffers.Text;

namespace Cistern;

/// <summary>Reads replies of memcached's meta protocol from what was received. What is no reply is thrown: behind it nothing can be trusted.</summary>
internal static class ReplyParser
{
    // A line has the name of a reply and some numbers, or an error's sentence.
    private const int LongestLine = 2048;

    private const int EndOfLine = 2;

    /// <summary>Reads the next reply; false when it has not come whole.</summary>
    /// <param name="received">What was received and not yet read.</param>
    /// <param name="longestValue">The most bytes of data that the server can hold.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="length">How many bytes it has; when it is not whole, how many it will have, as far as that is known.</param>
    /// <exception cref="MemcachedFaultException">This is no reply.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, int longestValue, out Reply reply, out int length)
    {
        reply = new Reply { Kind = ReplyKind.None };
        var lineFeed = received[..Math.Min(received.Length, LongestLine)].IndexOf((byte)'\n');
        length = lineFeed + 1;
        if (lineFeed < 0)
        {
            if (received.Length >= LongestLine) throw Garbage();
            length = received.Length + 1;
            return false;
        }

        if (lineFeed < 1 || received[lineFeed - 1] != '\r') throw Garbage();
        var line = received[..(lineFeed - 1)];
        var space = line.IndexOf((byte)' ');
        var word = space < 0 ? line : line[..space];
        var rest = space < 0 ? default : line[(space + 1)..];
        var kind = KindOf(word);
        if (kind is ReplyKind.ServerError or ReplyKind.ClientError)
        {
            reply = new Reply { Kind = kind, Data = rest };
            return true;
        }

        if (kind != ReplyKind.Value)
        {
            reply = ReadFlags(kind, rest, default);
            return true;
        }

        if (!Utf8Parser.TryParse(rest, out int size, out var digits) || size < 0 || size > longestValue || (digits < rest.Length && rest[digits] != ' ')) throw Garbage();
        length += size + EndOfLine;
        if (received.Length < length) return false;
        if (received[length - 2] != '\r' || received[length - 1] != '\n') throw Garbage();
        reply = ReadFlags(kind, rest[digits..], received.Slice(lineFeed + 1, size));
        return true;
    }

    private static ReplyKind KindOf(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("HD"u8)) return ReplyKind.Done;
        if (word.SequenceEqual("VA"u8)) return ReplyKind.Value;
        if (word.SequenceEqual("MN"u8)) return ReplyKind.End;
        if (word.SequenceEqual("EN"u8)) return ReplyKind.Miss;
        if (word.SequenceEqual("NS"u8)) return ReplyKind.NotStored;
        if (word.SequenceEqual("EX"u8)) return ReplyKind.Changed;
        if (word.SequenceEqual("NF"u8)) return ReplyKind.NotFound;
        if (word.SequenceEqual("SERVER_ERROR"u8)) return ReplyKind.ServerError;
        if (word.SequenceEqual("CLIENT_ERROR"u8) || word.SequenceEqual("ERROR"u8)) return ReplyKind.ClientError;
        throw Garbage();
    }

    private static Reply ReadFlags(ReplyKind kind, ReadOnlySpan<byte> flags, ReadOnlySpan<byte> data)
    {
        ulong? opaque = null;
        var cas = 0UL;
        while (!flags.IsEmpty)
        {
            var space = flags.IndexOf((byte)' ');
            var flag = space < 0 ? flags : flags[..space];
            flags = space < 0 ? default : flags[(space + 1)..];
            if (flag.IsEmpty) continue;
            if (flag[0] == 'O') opaque = Number(flag[1..]);
            else if (flag[0] == 'c') cas = Number(flag[1..]);
        }

        return new Reply { Kind = kind, Opaque = opaque, Cas = cas, Data = data };
    }

    private static ulong Number(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out ulong number, out var length) && length == digits.Length ? number : throw Garbage();

    // What came is not shown: it may be somebody's value.
    private static MemcachedFaultException Garbage() => new("it sent something that is no reply of memcached's meta protocol");
}
