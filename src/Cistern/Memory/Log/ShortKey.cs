using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cistern;

/// <summary>
/// A key as most are, 8 to 32 characters of ASCII, with a byte for each, as an entry has it: in two registers, from which it is hashed and compared without a loop.
/// </summary>
internal readonly struct ShortKey
{
    private const ushort NoAscii = 0xFF80;

    // The first sixteen bytes and the last sixteen; of a key that has fewer, the first eight and the last eight. They overlap, so that no rest is left.
    private readonly Vector128<byte> _first;
    private readonly Vector128<byte> _last;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ShortKey(Vector128<byte> first, Vector128<byte> last, int length)
    {
        _first = first;
        _last = last;
        Length = length;
    }

    public int Length { get; }

    /// <summary>The same as <see cref="KeyHash.OfStored(string)"/>.</summary>
    public uint Hash
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var hash = KeyHash.FoldBlock(KeyHash.Begin(Length, isWide: false), _first.AsUInt64());
            if (Length >= Block) hash = KeyHash.FoldBlock(hash, _last.AsUInt64());
            return KeyHash.End(hash);
        }
    }

    private static int Block => Vector128<byte>.Count;

    private static int HalfBlock => Vector128<ushort>.Count;

    /// <summary>Reads a key; false: it is not such a one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(string text, out ShortKey key)
    {
        ref var characters = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text.AsSpan()));
        var length = text.Length;
        if ((uint)(length - Block) <= (uint)Block)
        {
            var (first, second) = (Vector128.LoadUnsafe(ref characters), Vector128.LoadUnsafe(ref characters, (nuint)HalfBlock));
            var (third, fourth) = (Vector128.LoadUnsafe(ref characters, (nuint)(uint)(length - Block)), Vector128.LoadUnsafe(ref characters, (nuint)(uint)(length - HalfBlock)));
            key = new ShortKey(Narrow(first, second), Narrow(third, fourth), length);
            return IsAscii(first | second | third | fourth);
        }

        if ((uint)(length - HalfBlock) < (uint)HalfBlock)
        {
            var (first, second) = (Vector128.LoadUnsafe(ref characters), Vector128.LoadUnsafe(ref characters, (nuint)(uint)(length - HalfBlock)));
            var both = Narrow(first, second);
            key = new ShortKey(both, both, length);
            return IsAscii(first | second);
        }

        key = default;
        return false;
    }

    /// <summary>Whether it is a key that is stored with the same length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSame(ref byte stored)
    {
        if (Length >= Block)
        {
            return ((Vector128.LoadUnsafe(ref stored) ^ _first) | (Vector128.LoadUnsafe(ref stored, (nuint)(uint)(Length - Block)) ^ _last)) == Vector128<byte>.Zero;
        }

        var (first, last) = (Unsafe.ReadUnaligned<ulong>(ref stored), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref stored, Length - HalfBlock)));
        return Vector128.Create(first, last).AsByte() == _first;
    }

    // Only of ASCII is it looked at.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Narrow(Vector128<ushort> first, Vector128<ushort> second) =>
        Sse2.IsSupported ? Sse2.PackUnsignedSaturate(first.AsInt16(), second.AsInt16()) : Vector128.Narrow(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAscii(Vector128<ushort> characters) => (characters & Vector128.Create(NoAscii)) == Vector128<ushort>.Zero;
}
