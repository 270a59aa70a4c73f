using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Cistern;

/// <summary>
/// What one user of a far tier tells the others. On its way it is <c>epoch:number:</c>, which the server puts before it, the sender's sixteen characters, and then each key in UTF-8 behind its length as four bytes, the
/// highest first; no key at all means every key. Immutable.
/// </summary>
/// <param name="Epoch">The epoch of the number.</param>
/// <param name="Number">The message's number.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Keys">The keys that changed; none: every key may have.</param>
internal sealed record InvalidationMessage(string Epoch, long Number, string Sender, IReadOnlyList<string> Keys)
{
    /// <summary>How many characters an epoch or a sender has.</summary>
    public const int NameLength = 16;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A name that no other epoch or sender has.</summary>
    public static string NewName() => Guid.NewGuid().ToString("n")[..NameLength];

    /// <summary>What a sender gives to the server.</summary>
    /// <param name="sender">The sender.</param>
    /// <param name="keys">The keys; none: every key.</param>
    public static byte[] Payload(string sender, IEnumerable<string> keys)
    {
        var payload = new ArrayBufferWriter<byte>();
        payload.Write(Encoding.ASCII.GetBytes(sender));
        foreach (var key in keys)
        {
            var bytes = Encoding.UTF8.GetBytes(key);
            BinaryPrimitives.WriteInt32BigEndian(payload.GetSpan(sizeof(int)), bytes.Length);
            payload.Advance(sizeof(int));
            payload.Write(bytes);
        }

        return payload.WrittenSpan.ToArray();
    }

    /// <summary>Reads a message; null: it is none.</summary>
    public static InvalidationMessage? Parse(byte[]? bytes)
    {
        if (bytes is null || bytes.Length < NameLength + 1 || bytes[NameLength] != ':') return null;
        var rest = bytes.AsSpan(NameLength + 1);
        if (!Utf8Parser.TryParse(rest, out long number, out var digits) || rest.Length < digits + 1 + NameLength || rest[digits] != ':' || number < 1) return null;
        rest = rest[(digits + 1)..];
        var sender = Encoding.ASCII.GetString(rest[..NameLength]);
        return ParseKeys(rest[NameLength..]) is { } keys ? new InvalidationMessage(Encoding.ASCII.GetString(bytes, 0, NameLength), number, sender, keys) : null;
    }

    private static List<string>? ParseKeys(ReadOnlySpan<byte> rest)
    {
        var keys = new List<string>();
        while (rest.Length > 0)
        {
            if (!BinaryPrimitives.TryReadInt32BigEndian(rest, out var length) || length < 0 || length > rest.Length - sizeof(int)) return null;
            try
            {
                keys.Add(Strict.GetString(rest.Slice(sizeof(int), length)));
            }
            catch (DecoderFallbackException)
            {
                return null;
            }

            rest = rest[(sizeof(int) + length)..];
        }

        return keys;
    }
}
