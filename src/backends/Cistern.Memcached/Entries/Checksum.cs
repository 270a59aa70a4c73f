using System.Buffers.Binary;
using System.Numerics;

namespace Cistern;

/// <summary>CRC-32C, by the processor's own instruction where it has one.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) sum = BitOperations.Crc32C(sum, value);
        return sum;
    }
}
