namespace Cistern;

/// <summary>A sidecar as it was read: what it says of each entry of its snapshot, and the tombstones.</summary>
internal sealed class SidecarFile
{
    private SidecarFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null: the header cannot be read, and so nothing can.</summary>
    public FileHeader? Header { get; private init; }

    public bool IsOfAnotherVersion { get; private init; }

    public Dictionary<string, SnapshotPlace> Places { get; } = [];

    public List<KeptTombstone> Tombstones { get; } = [];

    /// <summary>Reads a sidecar; null where none is.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="bytes">What it holds; null: there is none.</param>
    /// <param name="findings">What is damaged in it.</param>
    public static SidecarFile? Read(string path, byte[]? bytes, FindingList findings)
    {
        if (bytes is null) return null;
        var header = FileHeader.Read(bytes, FileKind.Sidecar, out var state);
        var sidecar = new SidecarFile(path) { Header = header, IsOfAnotherVersion = state == HeaderState.OtherVersion };
        if (state == HeaderState.HalfDamaged) findings.Add(path, "One copy of the sidecar's header is damaged; the other one is used.");
        if (header is not null) sidecar.ReadRecords(bytes, header, findings);
        return sidecar;
    }

    private void ReadRecords(byte[] bytes, FileHeader header, FindingList findings)
    {
        var scan = new FrameScan(bytes, FileHeader.Bytes, header.Salt);
        while (scan.Next() is var state && state != FrameState.End)
        {
            var reader = new OperationReader(scan.Body);
            if (state == FrameState.Sound && reader.Next() && reader.Kind == OperationKind.Place) Places[reader.Key] = reader.Place;
            else if (state == FrameState.Sound && reader.Kind == OperationKind.Bury) Tombstones.Add(reader.Tombstone);
            else findings.Add($"{Path} at byte {scan.Offset}", $"{scan.Bytes.Length} bytes of the sidecar are damaged. What they said of an entry or a deleted version is lost.");
        }
    }
}
