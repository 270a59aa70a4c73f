using System.Buffers.Binary;
using System.Numerics;

namespace Cistern;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction: every flip of up to three bits shows, whatever the length in use here.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed)
    {
        var crc = ~seed;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var rest in bytes) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }

    /// <summary>The bytes with the one bit flipped back that keeps them from having a checksum; null when it is not one bit.</summary>
    /// <param name="bytes">What is damaged.</param>
    /// <param name="seed">As for the checksum.</param>
    /// <param name="expected">The checksum before the damage.</param>
    public static byte[]? FlipBack(ReadOnlySpan<byte> bytes, uint seed, uint expected)
    {
        // The checksum is linear: what a flipped bit changes in it depends on how far from the end it is, and on nothing else.
        var difference = Of(bytes, seed) ^ expected;
        Span<uint> changes = stackalloc uint[8];
        for (var bit = 0; bit < changes.Length; bit++) changes[bit] = BitOperations.Crc32C(0U, (byte)(1 << bit));
        for (var at = bytes.Length - 1; at >= 0; at--)
        {
            if (changes.IndexOf(difference) is var found and >= 0)
            {
                var restored = bytes.ToArray();
                restored[at] ^= (byte)(1 << found);
                return restored;
            }

            for (var bit = 0; bit < changes.Length; bit++) changes[bit] = BitOperations.Crc32C(changes[bit], (byte)0);
        }

        return null;
    }
}
