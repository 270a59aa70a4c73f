using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Cistern;

/// <summary>
/// A hash of keys: multiply and fold, eight bytes at a time, after wyhash (Wang Yi, 2019). Two secrets of this process, one of them the
/// multiplier, keep keys from being chosen so that they collide.
/// </summary>
internal static class KeyHash
{
    private const int CharsPerWord = sizeof(ulong) / sizeof(char);

    private static readonly ulong Seed = Random();

    // Odd, so that no bit of what is multiplied is lost.
    private static readonly ulong Multiplier = Random() | 1;

    public static uint Of(string key) => Of(key.AsSpan());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ReadOnlySpan<char> key)
    {
        ref var chars = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(key));
        var length = key.Length;
        var hash = Seed ^ (ulong)length;
        if (length >= CharsPerWord)
        {
            // The last word overlaps the one before it, so that no rest is left.
            var last = (length - CharsPerWord) * sizeof(char);
            for (var offset = 0; offset < last; offset += sizeof(ulong)) hash = Fold(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref chars, offset)));
            hash = Fold(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref chars, last)));
        }
        else
        {
            var word = 0UL;
            foreach (var c in key) word = (word << 16) | c;
            hash = Fold(hash ^ word);
        }

        hash = Fold(hash);
        return (uint)(hash >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong value)
    {
        var high = Math.BigMul(value, Multiplier, out var low);
        return high ^ low;
    }

    /// <summary>One of some places for a hash, all bits of which are mixed first: whoever chose by some of them before has left few that differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlaceOf(uint hash, int places) => (int)(((ulong)(hash * 0x9E3779B1u) * (ulong)places) >> 32);

    private static ulong Random() => MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
