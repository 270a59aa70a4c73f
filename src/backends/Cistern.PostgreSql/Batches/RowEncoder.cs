using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cistern;

/// <summary>
/// Writes the entries of a batch as rows, one after another into blocks: the only copy of a value that is made, and none of the objects that each row would need. The blocks go to the garbage collector and to
/// no pool, as a call that is out of time leaves the sending to go on.
/// </summary>
internal sealed class RowEncoder
{
    private const int FirstBlockBytes = 16 * 1024;
    private const int BlockBytes = 1024 * 1024;
    private const int BytesPerCharacter = 3;
    private const int FixedBytes = 8 * sizeof(int) + SHA256.HashSizeInBytes + 4 * sizeof(long);

    private byte[] _block = [];
    private int _blockBytes = FirstBlockBytes;
    private int _length;

    public EncodedRow Write(in EntryDraft draft, int place)
    {
        var metadata = MetadataBytes.Write(draft.Metadata);
        Reserve(FixedBytes + (long)draft.Key.Length * BytesPerCharacter + (metadata?.Length ?? 0) + draft.Value.Length);
        var start = _length;
        var hash = Field(SHA256.HashSizeInBytes);
        var keyLength = Encoding.UTF8.GetBytes(draft.Key, _block.AsSpan(_length + sizeof(int)));
        var key = Field(keyLength);
        SHA256.HashData(key, hash);
        Number(draft.Version);
        Number(draft.CreatedAtMilliseconds);
        Number(draft.ExpiresAtMilliseconds);
        Number(draft.AbsoluteExpirationMilliseconds);
        if (metadata is null) Length(-1);
        else metadata.CopyTo(Field(metadata.Length));
        draft.Value.CopyTo(Field((int)draft.Value.Length));
        return new EncodedRow(_block, start, _length - start, place, draft.Condition);
    }

    private void Reserve(long bytes)
    {
        if (bytes <= _block.Length - _length) return;
        _block = GC.AllocateUninitializedArray<byte>(checked((int)Math.Max(bytes, _blockBytes)));
        _blockBytes = Math.Min(BlockBytes, _blockBytes * 2);
        _length = 0;
    }

    private void Number(long? number)
    {
        if (number is { } value) BinaryPrimitives.WriteInt64BigEndian(Field(sizeof(long)), value);
        else Length(-1);
    }

    private Span<byte> Field(int length)
    {
        Length(length);
        _length += length;
        return _block.AsSpan(_length - length, length);
    }

    private void Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_block.AsSpan(_length), length);
        _length += sizeof(int);
    }
}
