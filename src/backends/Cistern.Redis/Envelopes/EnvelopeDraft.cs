using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Cistern;

/// <summary>An entry about to be written: knows how long its envelope will be, and writes it where it shall be.</summary>
internal readonly struct EnvelopeDraft
{
    private readonly EnvelopeHead _head;
    private readonly ReadOnlyMemory<byte> _metadata;
    private readonly ReadOnlySequence<byte> _value;

    public EnvelopeDraft(in EntryDraft draft)
    {
        _metadata = draft.Metadata is null ? default : WriteMetadata(draft.Metadata);
        _value = draft.Value;
        var flags = _metadata.IsEmpty ? EnvelopeFlags.None : EnvelopeFlags.HasMetadata;
        if (draft.Version is not null) flags |= EnvelopeFlags.HasVersion;
        if (draft.AbsoluteExpirationMilliseconds is not null) flags |= EnvelopeFlags.HasAbsoluteEnd;
        _head = new EnvelopeHead
        {
            Flags = flags,
            CreatedAtMilliseconds = draft.CreatedAtMilliseconds,
            ExpiresAtMilliseconds = draft.ExpiresAtMilliseconds,
            AbsoluteExpirationMilliseconds = draft.AbsoluteExpirationMilliseconds,
            Version = draft.Version,
        };
        Length = checked(_head.Length + (_metadata.IsEmpty ? 0 : sizeof(int) + _metadata.Length) + (int)draft.Value.Length);
    }

    /// <summary>How many bytes it takes.</summary>
    public int Length { get; }

    public void CopyTo(Span<byte> destination)
    {
        _head.Write(destination);
        var rest = destination[_head.Length..];
        if (!_metadata.IsEmpty)
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, _metadata.Length);
            _metadata.Span.CopyTo(rest[sizeof(int)..]);
            rest = rest[(sizeof(int) + _metadata.Length)..];
        }

        _value.CopyTo(rest);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    private static ReadOnlyMemory<byte> WriteMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, text) in metadata) json.WriteString(name, text);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
