namespace Cistern;

/// <summary>
/// Does again what a journal says. A damaged record with sound ones behind it is left out, and what it touched is missed from then on; where
/// more than one is missing, the rest is cut off instead: after a power cut, later writes must not stay where earlier ones are lost.
/// </summary>
internal sealed class JournalReplay(JournalContent journal, RecoveredEntries table, FindingList findings)
{
    // What a disk writes at once: a stretch of zeroes of this size is a write that never arrived.
    private const int SectorBytes = 512;

    // Looking for the one bit takes about a second for as much.
    private const int MostBytesSearched = 64 * 1024 * 1024;

    private readonly FileHeader _header = journal.Header ?? throw new ArgumentException("The journal has no header.", nameof(journal));

    /// <summary>The number of the last record that was done.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Where the part begins that was cut off; null: none was.</summary>
    public int? CutAt { get; private set; }

    /// <summary>What was said of the part that was cut off; null: none was.</summary>
    public BackendFinding? CutFinding { get; private set; }

    /// <param name="last">The last record to do.</param>
    public void Run(ulong last)
    {
        Sequence = _header.Sequence;
        var scan = new FrameScan(journal.Bytes, FileHeader.Bytes, _header.Salt);
        var damage = default((int Offset, int Length)?);
        while (scan.Next() is var state && state != FrameState.End && Sequence < last)
        {
            var isNext = state == FrameState.Sound && scan.Sequence == Sequence + (damage is null ? 1UL : 2UL);
            if (isNext && damage is { } skipped)
            {
                LeaveOut(skipped.Offset, skipped.Length);
                damage = null;
            }

            if (isNext)
            {
                Sequence = scan.Sequence;
                Apply(scan.Body, scan.Offset);
            }
            else if (state == FrameState.Damaged && damage is null && !HasLostSector(scan.Bytes, scan.Offset))
            {
                damage = (scan.Offset, scan.Bytes.Length);
            }
            else
            {
                Cut(damage?.Offset ?? scan.Offset);
                return;
            }
        }
    }

    private static bool HasLostSector(ReadOnlySpan<byte> bytes, int offset)
    {
        // The sector that the record before it ends in may be one that was written before, up to there.
        var first = (SectorBytes - offset % SectorBytes) % SectorBytes;
        if (first > 0 && first <= bytes.Length && bytes[..first].IndexOfAnyExcept((byte)0) < 0) return true;
        for (var at = first; at + SectorBytes <= bytes.Length; at += SectorBytes)
        {
            if (bytes.Slice(at, SectorBytes).IndexOfAnyExcept((byte)0) < 0) return true;
        }

        return false;
    }

    private void Cut(int offset)
    {
        CutAt = offset;
        CutFinding = new BackendFinding($"{journal.Path} at byte {offset}", $"The journal's last {journal.Bytes.Length - offset} bytes are no whole record: a write that was cut short, or damage. They are cut off and kept in a file of their own.");
        findings.Add(CutFinding);
    }

    private void LeaveOut(int offset, int length)
    {
        Sequence++;
        if (length == Frame.HeadBytes + 1)
        {
            // Nothing else is as short.
            table.Clear();
            findings.Add($"{journal.Path} at byte {offset}", "A record is damaged that can only have cleared everything. It is done all the same.");
            return;
        }

        var keys = Forget(journal.Bytes.AsSpan(offset, length));
        findings.Add($"{journal.Path} at byte {offset}", keys == 0
            ? $"A record of {length} bytes is damaged and left out. What it wrote cannot be told: an older value of its key may be back."
            : $"A record of {length} bytes is damaged and left out. The {(keys == 1 ? "key" : $"{keys} keys")} it wrote can no longer be found.");
    }

    // What a damaged record says is believed as far as its keys, and where one bit can be told to be the damage, not even that bit.
    private int Forget(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < Frame.HeadBytes) return 0;
        var body = frame[Frame.HeadBytes..];
        if (body.Length <= MostBytesSearched && Frame.HasHead(frame, _header.Salt, out _, out _)) body = Checksum.FlipBack(body, _header.Salt, Frame.BodyChecksum(frame)) ?? body;
        var keys = 0;
        var reader = new OperationReader(body);
        while (reader.Next() && reader.Kind != OperationKind.Clear)
        {
            keys++;
            table.Delete(reader.Key);
        }

        return keys;
    }

    private void Apply(ReadOnlySpan<byte> body, int offset)
    {
        var reader = new OperationReader(body);
        while (reader.Next())
        {
            switch (reader.Kind)
            {
                case OperationKind.Set:
                    table.Take(reader.Key, reader.State!.Value);
                    break;
                case OperationKind.Delete:
                    table.Delete(reader.Key);
                    break;
                case OperationKind.Bury:
                    table.Bury(reader.Tombstone);
                    break;
                case OperationKind.Touch:
                    table.Touch(reader.Key, reader.End.ExpiresAt, reader.End.TimeToLive);
                    break;
                default:
                    table.Clear();
                    break;
            }
        }

        if (reader.IsMalformed) findings.Add($"{journal.Path} at byte {offset}", "A record says something unknown; that part of it is left out.");
    }
}
