using System.Buffers;

namespace Cistern;

/// <summary>
/// Writes a sidecar while its snapshot is being written: a record for each entry and each tombstone, and in the end the header before them,
/// as only then is it known which snapshot it is.
/// </summary>
internal sealed class SidecarWriter
{
    private readonly FileOutput _output;
    private readonly FileHeader _header;
    private readonly RecordBuffer _record = new();
    private ulong _sequence;

    /// <param name="output">A new file.</param>
    /// <param name="header">Of whatever snapshot.</param>
    public SidecarWriter(FileOutput output, FileHeader header)
    {
        (_output, _header) = (output, header);
        output.Buffer.Write(new byte[FileHeader.Bytes]);
    }

    public void Add(string key, in SnapshotPlace place)
    {
        _record.Begin();
        _record.Place(key, place);
        Append();
    }

    public void Finish(IReadOnlyList<KeptTombstone> tombstones, SnapshotIdentity snapshot)
    {
        foreach (var tombstone in tombstones)
        {
            _record.Begin();
            _record.Bury(tombstone);
            Append();
        }

        _output.Replace(0, (_header with { Snapshot = snapshot }).ToBytes());
    }

    private void Append()
    {
        _output.Buffer.Write(_record.Seal(++_sequence, _header.Salt));
        _output.FlushIfLarge();
    }
}
