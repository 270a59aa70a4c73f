using System.Buffers.Text;

namespace Cistern;

/// <summary>Writes entries as commands, straight into what is sent.</summary>
/// <param name="names">What keys are called.</param>
/// <param name="lifetimes">How long the server is to keep them.</param>
/// <param name="largestItem">The most bytes of an item, with its name.</param>
internal readonly struct StoreCommand(KeyNames names, ServerLifetimes lifetimes, long largestItem)
{
    // What a server adds to name and data: its own header, the number of the last change, the ends of lines; and a little more.
    private const int ItemOverhead = 88;

    // Everything in a command's line but name and data: words, numbers and flags.
    private const int LineBytes = 128;

    /// <summary>Whether an item fits.</summary>
    public bool Fits(in EntryDraft draft) => Fits(new Envelope(draft, isTombstone: false, names.IsHashed(draft.Key)));

    /// <summary>Writes a set; false, and nothing written, when the item does not fit.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="draft">The entry, or the tombstone.</param>
    /// <param name="lifetime">How long it lives from now on, in milliseconds; null: without end.</param>
    /// <param name="isTombstone">Whether it is a tombstone.</param>
    /// <param name="mode">What must hold.</param>
    /// <param name="cas">With <see cref="StoreMode.Unchanged"/>: the change that was read.</param>
    /// <param name="opaque">The command's number; null: it is answered only by what no answer should be.</param>
    public bool TryWrite(SendBuffer buffer, in EntryDraft draft, long? lifetime, bool isTombstone, StoreMode mode, ulong cas, ulong? opaque)
    {
        Span<byte> name = stackalloc byte[KeyNames.LongestName];
        name = name[..names.Write(draft.Key, name, out var isHashed)];
        var envelope = new Envelope(draft, isTombstone, isHashed);
        if (!Fits(envelope)) return false;
        var text = buffer.Reserve(checked((int)(KeyNames.LongestName + LineBytes + envelope.TotalBytes)));
        "ms "u8.CopyTo(text);
        var at = 3;
        name.CopyTo(text[at..]);
        at += name.Length;
        text[at++] = (byte)' ';
        Number((ulong)envelope.TotalBytes, text, ref at);
        if (lifetimes.SecondsOf(lifetime) is { } seconds) Flag(" T"u8, (ulong)seconds, text, ref at);
        if (mode == StoreMode.Absent)
        {
            " ME"u8.CopyTo(text[at..]);
            at += 3;
        }
        else if (mode == StoreMode.Unchanged)
        {
            Flag(" C"u8, cas, text, ref at);
        }

        if (opaque is { } number) Flag(" O"u8, number, text, ref at);
        " q\r\n"u8.CopyTo(text[at..]);
        at += 4;
        envelope.Write(draft, name, text.Slice(at, (int)envelope.TotalBytes));
        at += (int)envelope.TotalBytes;
        "\r\n"u8.CopyTo(text[at..]);
        buffer.Advance(at + 2);
        return true;
    }

    /// <summary>Writes a flag with a number.</summary>
    public static void Flag(ReadOnlySpan<byte> flag, ulong number, Span<byte> text, ref int at)
    {
        flag.CopyTo(text[at..]);
        at += flag.Length;
        Number(number, text, ref at);
    }

    private bool Fits(in Envelope envelope) => envelope.TotalBytesWithEnd + KeyNames.LongestName + ItemOverhead <= largestItem;

    private static void Number(ulong number, Span<byte> text, ref int at)
    {
        Utf8Formatter.TryFormat(number, text[at..], out var digits);
        at += digits;
    }
}
