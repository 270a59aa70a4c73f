using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;

namespace Cistern;

/// <summary>
/// A hash of keys: multiply and fold, sixteen bytes at a time, after wyhash (Wang Yi, 2019). Three secrets of this process keep keys from being chosen so that
/// they collide.
/// </summary>
internal static class KeyHash
{
    private const int CharsOnStack = 256;
    private const int WideShift = 32;

    private static readonly ulong Seed = Random();
    private static readonly ulong BlockSecret = Random();

    // Odd, so that no bit of what is multiplied is lost.
    private static readonly ulong Multiplier = Random() | 1;

    private static int Block => Vector128<byte>.Count;

    private static int HalfBlock => sizeof(ulong);

    /// <summary>The hash of a key, by its characters as they are.</summary>
    public static uint Of(string key) => OfStored(MemoryMarshal.AsBytes(key.AsSpan()), isWide: true);

    /// <summary>The hash of a key, by the bytes that it is stored as: one for each character of ASCII, or else two for each.</summary>
    public static uint OfStored(string key) => ShortKey.TryRead(key, out var shortKey) ? shortKey.Hash : OfStoredLong(key);

    /// <summary>The hash of a key that is stored as some bytes.</summary>
    public static uint OfStored(ReadOnlySpan<byte> stored, bool isWide)
    {
        ref var first = ref MemoryMarshal.GetReference(stored);
        var hash = Begin(stored.Length, isWide);
        if (stored.Length >= Block)
        {
            // The last block overlaps those before it, so that no rest is left.
            var last = (nuint)(stored.Length - Block);
            hash = FoldBlock(hash, Vector128.LoadUnsafe(ref first).AsUInt64());
            for (var at = (nuint)Block; at < last; at += (nuint)Block) hash = FoldBlock(hash, Vector128.LoadUnsafe(ref first, at).AsUInt64());
            hash = FoldBlock(hash, Vector128.LoadUnsafe(ref first, last).AsUInt64());
        }
        else if (stored.Length >= HalfBlock)
        {
            var (low, high) = (Unsafe.ReadUnaligned<ulong>(ref first), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, stored.Length - HalfBlock)));
            hash = FoldBlock(hash, Vector128.Create(low, high));
        }
        else
        {
            var word = 0UL;
            foreach (var value in stored) word = (word << 8) | value;
            hash = Fold(hash ^ word, Multiplier);
        }

        return End(hash);
    }

    /// <summary>What the hash of a key begins with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Begin(int length, bool isWide) => Seed ^ (uint)length ^ (isWide ? 1UL << WideShift : 0);

    /// <summary>Takes sixteen bytes in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FoldBlock(ulong hash, Vector128<ulong> block) => Fold(hash ^ block.ToScalar(), BlockSecret ^ block.GetElement(1));

    /// <summary>What the hash of a key ends with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint End(ulong hash) => (uint)(Fold(hash, Multiplier) >> 32);

    /// <summary>One of some places for a hash, all bits of which are mixed first: whoever chose by some of them before has left few that differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlaceOf(uint hash, int places) => (int)(((ulong)(hash * 0x9E3779B1u) * (ulong)places) >> 32);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint OfStoredLong(string key)
    {
        if (!Ascii.IsValid(key)) return OfStored(MemoryMarshal.AsBytes(key.AsSpan()), isWide: true);
        var narrow = key.Length <= CharsOnStack ? stackalloc byte[CharsOnStack] : new byte[key.Length];
        Ascii.FromUtf16(key, narrow, out var length);
        return OfStored(narrow[..length], isWide: false);
    }

    // The halves of the product apart: together, the compiler would send one of them through memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right) => (Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(left, right) : Math.BigMul(left, right, out _)) ^ (left * right);

    private static ulong Random() => MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
