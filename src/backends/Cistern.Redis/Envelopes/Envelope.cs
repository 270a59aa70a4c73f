using System.Buffers.Binary;
using System.Text.Json;

namespace Cistern;

/// <summary>
/// What a key holds on the server: a head, then, where there is any, metadata (4 bytes for its length, then a JSON object), then the value. So an entry is one key, read and written at
/// once with all that belongs to it.
/// </summary>
/// <param name="bytes">The bytes; not copied.</param>
/// <param name="head">Their head.</param>
internal readonly struct Envelope(ReadOnlyMemory<byte> bytes, EnvelopeHead head)
{
    public EnvelopeHead Head => head;

    /// <summary>The value, where it lies.</summary>
    public ReadOnlyMemory<byte> Value => bytes[ValueOffset..];

    private int ValueOffset => head.Length + (head.HasMetadata ? sizeof(int) + MetadataLength : 0);

    private int MetadataLength => BinaryPrimitives.ReadInt32BigEndian(bytes.Span[head.Length..]);

    /// <summary>Reads an envelope; false: it is none of ours, or a newer program's.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out Envelope envelope)
    {
        envelope = default;
        if (!EnvelopeHead.TryRead(bytes.Span, out var head)) return false;
        envelope = new Envelope(bytes, head);
        if (!head.HasMetadata) return true;
        if (bytes.Length < head.Length + sizeof(int)) return false;
        var length = envelope.MetadataLength;
        return length >= 0 && length <= bytes.Length - head.Length - sizeof(int);
    }

    /// <summary>The envelope of a tombstone.</summary>
    public static byte[] OfTombstone(long version, long nowMilliseconds, long expiresAtMilliseconds)
    {
        var head = new EnvelopeHead
        {
            Flags = EnvelopeFlags.IsTombstone | EnvelopeFlags.HasVersion,
            CreatedAtMilliseconds = nowMilliseconds,
            ExpiresAtMilliseconds = expiresAtMilliseconds,
            Version = version,
        };
        var bytes = new byte[head.Length];
        head.Write(bytes);
        return bytes;
    }

    /// <summary>The whole entry; null: its metadata is something else, and so it is none of ours.</summary>
    public CacheEntry? ToEntry(string key)
    {
        var entry = new CacheEntry
        {
            Key = key,
            Value = Value.ToArray(),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(head.CreatedAtMilliseconds),
            ExpiresAt = ToInstant(head.ExpiresAtMilliseconds),
            AbsoluteExpiration = ToInstant(head.AbsoluteExpirationMilliseconds),
            Version = head.Version,
        };
        if (!head.HasMetadata) return entry;
        try
        {
            return entry with { Metadata = ReadMetadata(bytes.Span.Slice(head.Length + sizeof(int), MetadataLength)) };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static DateTimeOffset? ToInstant(long? milliseconds) => milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;

    private static Dictionary<string, string> ReadMetadata(ReadOnlySpan<byte> text)
    {
        var metadata = new Dictionary<string, string>();
        var reader = new Utf8JsonReader(text);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            metadata[name] = reader.GetString()!;
        }

        return metadata;
    }
}
