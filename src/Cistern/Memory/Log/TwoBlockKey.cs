using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cistern;

/// <summary>A key of 16 to 32 characters.</summary>
internal readonly struct TwoBlockKey : IShortKey
{
    private readonly Vector128<ushort> _characters;

    // The first sixteen bytes and the last sixteen, which overlap, so that no rest is left.
    private readonly Vector128<byte> _first;
    private readonly Vector128<byte> _last;

    /// <summary>Reads a key of such a length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TwoBlockKey(string key)
    {
        ref var characters = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(key.AsSpan()));
        Length = key.Length;
        ref var behind = ref Unsafe.Add(ref characters, (nint)(uint)Length);
        var (first, second) = (Vector128.LoadUnsafe(ref characters), Vector128.LoadUnsafe(ref Unsafe.Add(ref characters, HalfBlock)));
        var (third, fourth) = (Vector128.LoadUnsafe(ref Unsafe.Subtract(ref behind, Block)), Vector128.LoadUnsafe(ref Unsafe.Subtract(ref behind, HalfBlock)));
        _characters = first | second | third | fourth;
        _first = AsciiCharacters.Narrow(first, second);
        _last = AsciiCharacters.Narrow(third, fourth);
    }

    public int Length { get; }

    public bool IsAscii => AsciiCharacters.AreAll(_characters);

    public uint Hash
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => KeyHash.End(KeyHash.FoldBlock(KeyHash.FoldBlock(KeyHash.Begin(Length, isWide: false), _first), _last));
    }

    private static int Block => Vector128<byte>.Count;

    private static int HalfBlock => Vector128<ushort>.Count;

    /// <summary>Whether a key has such a length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLength(int length) => (uint)(length - Block) <= (uint)Block;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> Difference(ref byte stored)
    {
        ref var behind = ref Unsafe.Add(ref stored, (nint)(uint)Length);
        return (Vector128.LoadUnsafe(ref stored) ^ _first) | (Vector128.LoadUnsafe(ref Unsafe.Subtract(ref behind, Block)) ^ _last);
    }
}
