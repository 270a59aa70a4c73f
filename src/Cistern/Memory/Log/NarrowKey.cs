using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cistern;

/// <summary>Compares a key with one that is kept in a byte for each character.</summary>
internal static class NarrowKey
{
    /// <summary>Whether a stored key of the same length is a key. What is stored is ASCII, so that no other character can be like it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSame(ref byte stored, string key)
    {
        ref var characters = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(key.AsSpan()));
        var length = key.Length;
        if (length < Vector128<ushort>.Count) return IsSameShort(ref stored, ref characters, length);
        var last = length - Vector128<ushort>.Count;
        var difference = Difference(ref stored, ref characters, last);
        for (var at = 0; at < last; at += Vector128<ushort>.Count) difference |= Difference(ref stored, ref characters, at);
        return difference == Vector128<ushort>.Zero;
    }

    // Eight characters. The last eight overlap those before them, so that no rest is left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Difference(ref byte stored, ref ushort characters, int at)
    {
        var narrow = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref stored, at))).AsByte();
        return Vector128.WidenLower(narrow) ^ Vector128.LoadUnsafe(ref characters, (nuint)at);
    }

    private static bool IsSameShort(ref byte stored, ref ushort characters, int length)
    {
        for (var i = 0; i < length; i++)
        {
            if (Unsafe.Add(ref stored, i) != Unsafe.Add(ref characters, i)) return false;
        }

        return true;
    }
}
