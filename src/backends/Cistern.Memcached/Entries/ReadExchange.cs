namespace Cistern;

/// <summary>Reads what a server has under some names, in one round trip.</summary>
/// <param name="targets">The names.</param>
/// <param name="from">The first of them to read.</param>
/// <param name="most">How many of them to read, if there are so many.</param>
/// <param name="names">What keys are called.</param>
/// <param name="depth">How much is kept.</param>
/// <param name="mode">What the server does besides.</param>
internal sealed class ReadExchange(IReadOnlyList<KeyTarget> targets, int from, int most, KeyNames names, ReadDepth depth, ReadMode mode) : Exchange
{
    private const int LineBytes = 64;

    private readonly HeldEntry[] _held = new HeldEntry[Math.Min(most, targets.Count - from)];

    /// <summary>What was there, in the order of the targets.</summary>
    public IReadOnlyList<HeldEntry> Held => _held;

    /// <summary>How many bytes of data came.</summary>
    public long Bytes { get; private set; }

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
            var flags = mode switch
            {
                ReadMode.Use => " v c q"u8,
                ReadMode.Lease => " v c u q N30"u8,
                _ => " v c u q"u8,
            };
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
        Bytes += reply.Data.Length;
        _held[index] = HeldEntry.Read(reply.Data, reply.Cas, targets[from + index], names, depth);
    }
}
