using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cistern;

/// <summary>
/// The first bytes of a journal and of a sidecar: what it is, its version, and the snapshot it belongs to. It is written twice, so that one
/// damaged byte does not cost the file.
/// </summary>
internal sealed record FileHeader
{
    /// <summary>The header's bytes in a file, both copies.</summary>
    public const int Bytes = 2 * CopyBytes;

    public const byte Version = 1;

    private const int CopyBytes = 144;
    private const int VersionAt = 4;
    private const int IdAt = 8;
    private const int SaltAt = 24;
    private const int SnapshotAt = 28;
    private const int SequenceAt = 68;
    private const int FoldedAt = 76;
    private const int ReplacesAt = 92;
    private const int ChecksumAt = 140;

    /// <summary>Which kind of file it is.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>Random: no two files have the same.</summary>
    public UInt128 Id { get; init; } = BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16));

    /// <summary>Random, and a part of every checksum in the file: a value that looks like a record is none, as whoever chose it does not know this.</summary>
    public uint Salt { get; init; } = NewSalt();

    /// <summary>The snapshot that the file belongs to.</summary>
    public required SnapshotIdentity Snapshot { get; init; }

    /// <summary>The number of the last record that the snapshot already holds.</summary>
    public ulong Sequence { get; init; }

    /// <summary>The snapshot that was there before this one took its place. Where it is still there, the change did not happen.</summary>
    public SnapshotIdentity Replaces { get; init; } = SnapshotIdentity.None;

    /// <summary>Of a sidecar: the journal that its snapshot already holds whole; 0: none.</summary>
    public UInt128 FoldedJournal { get; init; }

    public static uint NewSalt() => BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(4));

    /// <summary>Reads a header; null when both copies are damaged or of another version.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="kind">What it should be.</param>
    /// <param name="state">How it was found.</param>
    public static FileHeader? Read(ReadOnlySpan<byte> file, FileKind kind, out HeaderState state)
    {
        var first = ReadCopy(file, kind);
        var second = file.Length < CopyBytes ? null : ReadCopy(file[CopyBytes..], kind);
        var isOther = file.Length > VersionAt && BinaryPrimitives.ReadUInt32LittleEndian(file) == (uint)kind && file[VersionAt] != Version;
        state = (first ?? second) is null ? (isOther ? HeaderState.OtherVersion : HeaderState.Unreadable)
            : first == second ? HeaderState.Sound
            : HeaderState.HalfDamaged;
        return first ?? second;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        var copy = bytes.AsSpan(0, CopyBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(copy, (uint)Kind);
        copy[VersionAt] = Version;
        BinaryPrimitives.WriteUInt128LittleEndian(copy[IdAt..], Id);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[SaltAt..], Salt);
        Snapshot.Write(copy[SnapshotAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(copy[SequenceAt..], Sequence);
        BinaryPrimitives.WriteUInt128LittleEndian(copy[FoldedAt..], FoldedJournal);
        Replaces.Write(copy[ReplacesAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[ChecksumAt..], Checksum.Of(copy[..ChecksumAt], 0));
        copy.CopyTo(bytes.AsSpan(CopyBytes));
        return bytes;
    }

    private static FileHeader? ReadCopy(ReadOnlySpan<byte> copy, FileKind kind)
    {
        if (copy.Length < CopyBytes) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(copy) != (uint)kind || copy[VersionAt] != Version) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(copy[ChecksumAt..]) != Checksum.Of(copy[..ChecksumAt], 0)) return null;
        return new FileHeader
        {
            Kind = kind,
            Id = BinaryPrimitives.ReadUInt128LittleEndian(copy[IdAt..]),
            Salt = BinaryPrimitives.ReadUInt32LittleEndian(copy[SaltAt..]),
            Snapshot = SnapshotIdentity.Read(copy[SnapshotAt..]),
            Sequence = BinaryPrimitives.ReadUInt64LittleEndian(copy[SequenceAt..]),
            FoldedJournal = BinaryPrimitives.ReadUInt128LittleEndian(copy[FoldedAt..]),
            Replaces = SnapshotIdentity.Read(copy[ReplacesAt..]),
        };
    }
}
