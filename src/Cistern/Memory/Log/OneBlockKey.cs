using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cistern;

/// <summary>A key of 8 to 15 characters.</summary>
internal readonly struct OneBlockKey : IShortKey
{
    private const int LeastLength = 8;
    private const int MostLength = 15;

    private readonly Vector128<ushort> _characters;

    // The first eight and the last eight, which overlap, so that no rest is left.
    private readonly Vector128<byte> _block;

    /// <summary>Reads a key of such a length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public OneBlockKey(string key)
    {
        ref var characters = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(key.AsSpan()));
        Length = key.Length;
        var (first, last) = (Vector128.LoadUnsafe(ref characters), Vector128.LoadUnsafe(ref characters, (nuint)(uint)(Length - LeastLength)));
        _characters = first | last;
        _block = AsciiCharacters.Narrow(first, last);
    }

    public int Length { get; }

    public bool IsAscii => AsciiCharacters.AreAll(_characters);

    public uint Hash
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => KeyHash.End(KeyHash.FoldBlock(KeyHash.Begin(Length, isWide: false), _block));
    }

    /// <summary>Whether a key has such a length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLength(int length) => (uint)(length - LeastLength) <= MostLength - LeastLength;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> Difference(ref byte stored)
    {
        var (first, last) = (Unsafe.ReadUnaligned<ulong>(ref stored), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref stored, Length - LeastLength)));
        return Vector128.Create(first, last).AsByte() ^ _block;
    }
}
