namespace Cistern;

/// <summary>Reads what a server has under some names, in one round trip.</summary>
/// <param name="targets">The names; the exchange takes as many of them as one should ask for.</param>
/// <param name="from">The first of them to read.</param>
/// <param name="names">What keys are called.</param>
/// <param name="depth">How much is kept.</param>
/// <param name="refreshes">Whether the server counts it as a use.</param>
internal sealed class ReadExchange(IReadOnlyList<KeyTarget> targets, int from, KeyNames names, ReadDepth depth, bool refreshes) : Exchange
{
    // What comes back is held until the caller has it: an answer to more would be large for nothing.
    private const int MostNames = 256;
    private const int LineBytes = 64;

    private readonly HeldEntry[] _held = new HeldEntry[Math.Min(MostNames, targets.Count - from)];

    /// <summary>What was there, in the order of the targets.</summary>
    public IReadOnlyList<HeldEntry> Held => _held;

    /// <inheritdoc/>
    protected override int Write(SendBuffer buffer, ulong first)
    {
        for (var i = 0; i < _held.Length; i++)
        {
            var name = targets[from + i].Name;
            var text = buffer.Reserve(name.Length + LineBytes);
            "mg "u8.CopyTo(text);
            name.CopyTo(text[3..]);
            var at = 3 + name.Length;
            var flags = refreshes ? " v c q"u8 : " v c u q"u8;
            flags.CopyTo(text[at..]);
            at += flags.Length;
            StoreCommand.Flag(" O"u8, first + (ulong)i, text, ref at);
            "\r\n"u8.CopyTo(text[at..]);
            buffer.Advance(at + 2);
        }

        return _held.Length;
    }

    /// <inheritdoc/>
    protected override void Accept(int index, in Reply reply)
    {
        if (reply.Kind == ReplyKind.Miss) return;
        if (reply.Kind != ReplyKind.Value) throw new MemcachedFaultException("it answered a read with something else");
        _held[index] = HeldEntry.Read(reply.Data, reply.Cas, targets[from + index], names, depth);
    }
}
