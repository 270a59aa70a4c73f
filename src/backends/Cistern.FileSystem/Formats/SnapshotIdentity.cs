using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cistern;

/// <summary>What tells one snapshot from every other: its length and its SHA-256.</summary>
internal readonly record struct SnapshotIdentity(long Length, UInt128 Left, UInt128 Right)
{
    /// <summary>Where no snapshot is.</summary>
    public static SnapshotIdentity None { get; } = new(-1, 0, 0);

    public static SnapshotIdentity Of(ReadOnlySpan<byte> snapshot) => Of(snapshot.Length, SHA256.HashData(snapshot));

    public static SnapshotIdentity Of(long length, ReadOnlySpan<byte> hash) =>
        new(length, BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));

    public static SnapshotIdentity Read(ReadOnlySpan<byte> bytes) => Of(BinaryPrimitives.ReadInt64LittleEndian(bytes), bytes[sizeof(long)..]);

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Length);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[8..], Left);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[24..], Right);
    }
}
