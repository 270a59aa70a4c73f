using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cistern;

/// <summary>
/// A row of a batch in the binary form of COPY, without the number of columns before it: for each column its length (-1: NULL) and its bytes, in the order of <see cref="RowColumn"/>.
/// </summary>
internal readonly struct EncodedRow
{
    private readonly byte[] _block;
    private readonly int _start;
    private readonly int _length;

    /// <summary>A row that has been written.</summary>
    /// <param name="block">The bytes that the row is a part of.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="place">The place of the entry in the batch.</param>
    /// <param name="condition">On what it is stored.</param>
    public EncodedRow(byte[] block, int start, int length, int place, SetCondition condition)
    {
        _block = block;
        _start = start;
        _length = length;
        Place = place;
        Condition = condition;
    }

    public int Place { get; }

    public SetCondition Condition { get; }

    public ReadOnlyMemory<byte> Bytes => _block.AsMemory(_start, _length);

    public ReadOnlySpan<byte> Hash => _block.AsSpan(_start + sizeof(int), SHA256.HashSizeInBytes);

    /// <summary>The beginning of the hash, by which rows are sorted without a look at each one's bytes.</summary>
    public ulong HashStart => BinaryPrimitives.ReadUInt64BigEndian(Hash);

    public bool HasKeyOf(in EncodedRow other) => Hash.SequenceEqual(other.Hash);

    /// <summary>By their hashes, those of one key by their places.</summary>
    public static int Compare(EncodedRow left, EncodedRow right)
    {
        var order = left.Hash.SequenceCompareTo(right.Hash);
        return order != 0 ? order : left.Place.CompareTo(right.Place);
    }

    /// <summary>The bytes of a column; null: it is NULL.</summary>
    public ReadOnlyMemory<byte>? Column(RowColumn column)
    {
        var at = _start;
        for (var passed = (RowColumn)0; ; passed++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(_block.AsSpan(at));
            at += sizeof(int);
            if (passed == column) return length < 0 ? (ReadOnlyMemory<byte>?)null : _block.AsMemory(at, length);
            at += Math.Max(0, length);
        }
    }

    /// <summary>The number in a column; null: it is NULL.</summary>
    public long? Number(RowColumn column) => Column(column) is { } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes.Span) : null;

    /// <summary>Why a versioned row was refused by the row that is there.</summary>
    /// <param name="heldVersion">The version of the row that is there.</param>
    /// <param name="isTombstone">Whether that is a tombstone.</param>
    public SetOutcome Refusal(long? heldVersion, bool isTombstone) => EntryRow.Refusal(Number(RowColumn.Version), heldVersion, isTombstone);
}
