using System.Buffers;

namespace Cistern;

/// <summary>Writes a sidecar: the header, then a record for each entry and each tombstone.</summary>
internal sealed class SidecarWriter(FileOutput output, FileHeader header)
{
    private readonly RecordBuffer _record = new();
    private ulong _sequence;

    public void Write(IReadOnlyList<KeptEntry> entries, SnapshotPlace[] places, IReadOnlyList<KeptTombstone> tombstones)
    {
        output.Buffer.Write(header.ToBytes());
        for (var i = 0; i < places.Length; i++)
        {
            _record.Begin();
            _record.Place(entries[i].Key, places[i]);
            Append();
        }

        foreach (var tombstone in tombstones)
        {
            _record.Begin();
            _record.Bury(tombstone);
            Append();
        }
    }

    private void Append()
    {
        output.Buffer.Write(_record.Seal(++_sequence, header.Salt));
        output.FlushIfLarge();
    }
}
