using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Cistern;

/// <summary>Builds one record in memory that is used again for the next: what a write says, one operation or a whole batch.</summary>
internal sealed class RecordBuffer
{
    private const int LeastBytes = 4 * 1024;

    // What a large batch needed is given back, once.
    private const int MostBytesKept = 4 * 1024 * 1024;

    private byte[] _bytes = new byte[LeastBytes];
    private int _length;

    /// <summary>What was written since <see cref="Begin"/>, without the head.</summary>
    public ReadOnlySpan<byte> Body => _bytes.AsSpan(Frame.HeadBytes, _length - Frame.HeadBytes);

    public bool IsEmpty => _length == Frame.HeadBytes;

    public void Begin()
    {
        if (_bytes.Length > MostBytesKept) _bytes = new byte[LeastBytes];
        _length = Frame.HeadBytes;
    }

    public ReadOnlySpan<byte> Seal(ulong sequence, uint salt)
    {
        var frame = _bytes.AsSpan(0, _length);
        Frame.Seal(frame, sequence, salt);
        return frame;
    }

    public void Set(string key, in HeldState state)
    {
        Kind(OperationKind.Set);
        Text(key);
        Number(state.CreatedAt);
        State(state);
        Blob(state.Value);
    }

    /// <summary>A set of nothing but a value.</summary>
    public void Set(in EntryDraft draft)
    {
        Kind(OperationKind.Set);
        Text(draft.Key);
        Number(draft.CreatedAtMilliseconds);
        Reserve(1)[0] = (byte)StateParts.None;
        var length = (int)draft.Value.Length;
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), length);
        draft.Value.CopyTo(Reserve(length));
    }

    public void Delete(string key)
    {
        Kind(OperationKind.Delete);
        Text(key);
    }

    public void Bury(in KeptTombstone tombstone)
    {
        Kind(OperationKind.Bury);
        Text(tombstone.Key);
        Number(tombstone.Version);
        Number(tombstone.ExpiresAt);
    }

    public void Touch(string key, in HeldState state)
    {
        Kind(OperationKind.Touch);
        Text(key);
        Number(state.ExpiresAt);
        Number(state.TimeToLive);
    }

    public void Clear() => Kind(OperationKind.Clear);

    public void Place(string key, in SnapshotPlace place)
    {
        Kind(OperationKind.Place);
        Text(key);
        Number(place.Offset);
        Number(place.Length);
        Number(place.CreatedAt);
        Number(place.Checksum);
    }

    /// <summary>The checksum of what an entry is: everything but when it was created, which a snapshot does not say.</summary>
    public uint ChecksumOf(string key, in HeldState state)
    {
        Begin();
        Text(key);
        State(state);
        Blob(state.Value);
        return Checksum.Of(Body, 0);
    }

    private void State(in HeldState state)
    {
        var parts = (state.ExpiresAt != HeldState.Never ? StateParts.Expiry : StateParts.None)
            | (state.AbsoluteExpiration != HeldState.Never ? StateParts.Absolute : StateParts.None)
            | (state.Version is not null ? StateParts.Version : StateParts.None)
            | (state.Metadata is not null ? StateParts.Metadata : StateParts.None);
        Reserve(1)[0] = (byte)parts;
        if (parts == StateParts.None) return;
        if ((parts & StateParts.Expiry) != StateParts.None)
        {
            Number(state.ExpiresAt);
            Number(state.TimeToLive);
        }

        if ((parts & StateParts.Absolute) != StateParts.None) Number(state.AbsoluteExpiration);
        if (state.Version is { } version) Number(version);
        if (state.Metadata is not { } metadata) return;
        Number(metadata.Count);
        foreach (var (name, text) in metadata)
        {
            Text(name);
            Text(text);
        }
    }

    private void Kind(OperationKind kind) => Reserve(1)[0] = (byte)kind;

    private void Number(long number) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), number);

    private void Text(string text)
    {
        // In one pass, into room for the most that it can need.
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var reserved = Reserve(sizeof(int) + most);
        var bytes = Encoding.UTF8.GetBytes(text, reserved[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(reserved, bytes);
        _length -= most - bytes;
    }

    private void Blob(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), bytes.Length);
        bytes.CopyTo(Reserve(bytes.Length));
    }

    private Span<byte> Reserve(int count)
    {
        if (count > _bytes.Length - _length) Grow(count);
        var reserved = _bytes.AsSpan(_length, count);
        _length += count;
        return reserved;
    }

    private void Grow(int count)
    {
        var needed = (long)_length + count;
        if (needed > Array.MaxLength) throw new CacheBackendException("A batch must fit into one record of 2 GB; split it.");
        Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _bytes.Length)));
    }
}
