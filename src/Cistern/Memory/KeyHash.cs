using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using Aes = System.Runtime.Intrinsics.X86.Aes;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Cistern;

/// <summary>
/// A hash of keys: two rounds of AES for every sixteen bytes, after aHash (Kaitchuck, 2018) and Intel's white paper on the instructions (Gueron, 2010); where the processor
/// has no such instructions, two multiplications take the place of a round. Secrets of this process keep keys from being chosen so that they collide.
/// </summary>
/// <remarks>Two rounds, not one: after the first a byte has changed but four others, in a way that another byte, chosen well, undoes.</remarks>
internal static class KeyHash
{
    private const int CharsOnStack = 256;
    private const ulong WideMark = 1UL << 32;
    private const int WordBits = 64;
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private static readonly Vector128<byte> Seed = Random();
    private static readonly Vector128<byte> FirstSecret = Random();
    private static readonly Vector128<byte> SecondSecret = Random();

    private static int Block => Vector128<byte>.Count;

    private static int HalfBlock => sizeof(ulong);

    /// <summary>The hash of a key, by its characters as they are.</summary>
    public static uint Of(string key) => OfStored(MemoryMarshal.AsBytes(key.AsSpan()), isWide: true);

    /// <summary>The hash of a key, by the bytes that it is stored as: one for each character of ASCII, or else two for each.</summary>
    public static uint OfStored(string key)
    {
        if (TwoBlockKey.IsLength(key.Length) && new TwoBlockKey(key) is { IsAscii: true } longer) return longer.Hash;
        if (OneBlockKey.IsLength(key.Length) && new OneBlockKey(key) is { IsAscii: true } shorter) return shorter.Hash;
        return OfStoredOther(key);
    }

    /// <summary>The hash of a key that is stored as some bytes.</summary>
    public static uint OfStored(ReadOnlySpan<byte> stored, bool isWide)
    {
        ref var first = ref MemoryMarshal.GetReference(stored);
        var hash = Begin(stored.Length, isWide);
        if (stored.Length >= Block)
        {
            // The last block overlaps those before it, so that no rest is left.
            var last = (nuint)(stored.Length - Block);
            hash = FoldBlock(hash, Vector128.LoadUnsafe(ref first));
            for (var at = (nuint)Block; at < last; at += (nuint)Block) hash = FoldBlock(hash, Vector128.LoadUnsafe(ref first, at));
            hash = FoldBlock(hash, Vector128.LoadUnsafe(ref first, last));
        }
        else if (stored.Length >= HalfBlock)
        {
            var (low, high) = (Unsafe.ReadUnaligned<ulong>(ref first), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, stored.Length - HalfBlock)));
            hash = FoldBlock(hash, Vector128.Create(low, high).AsByte());
        }
        else
        {
            var word = 0UL;
            foreach (var value in stored) word = (word << 8) | value;
            hash = FoldBlock(hash, Vector128.CreateScalar(word).AsByte());
        }

        return End(hash);
    }

    /// <summary>What the hash of a key begins with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Begin(int length, bool isWide) => Seed ^ Vector128.CreateScalar((uint)length | (isWide ? WideMark : 0)).AsByte();

    /// <summary>Takes sixteen bytes in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FoldBlock(Vector128<byte> hash, Vector128<byte> block) => Round(Round(hash ^ block, FirstSecret), SecondSecret);

    /// <summary>What the hash of a key ends with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint End(Vector128<byte> hash) => Round(hash, FirstSecret).AsUInt32().ToScalar();

    /// <summary>One of some places for a hash, all bits of which are mixed first: whoever chose by some of them before has left few that differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlaceOf(uint hash, int places) => (int)(((ulong)(hash * 0x9E3779B1u) * (ulong)places) >> 32);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint OfStoredOther(string key)
    {
        if (!Ascii.IsValid(key)) return OfStored(MemoryMarshal.AsBytes(key.AsSpan()), isWide: true);
        var narrow = key.Length <= CharsOnStack ? stackalloc byte[CharsOnStack] : new byte[key.Length];
        Ascii.FromUtf16(key, narrow, out var length);
        return OfStored(narrow[..length], isWide: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Round(Vector128<byte> hash, Vector128<byte> secret)
    {
        if (Aes.IsSupported) return Aes.Encrypt(hash, secret);
        if (ArmAes.IsSupported) return ArmAes.MixColumns(ArmAes.Encrypt(hash, Vector128<byte>.Zero)) ^ secret;
        return RoundOfProducts(hash, secret);
    }

    /// <summary>What takes the place of a round of AES: each half of the result follows from both.</summary>
    internal static Vector128<byte> RoundOfProducts(Vector128<byte> hash, Vector128<byte> secret)
    {
        var (halves, secrets) = (hash.AsUInt64(), secret.AsUInt64());
        var high = halves[1] ^ secrets[1];
        var low = Fold(halves[0] ^ secrets[0], Multiplier) + high;
        return Vector128.Create(low, Fold(high ^ BitOperations.RotateLeft(low, WordBits / 2), Multiplier) ^ low).AsByte();
    }

    private static ulong Fold(ulong left, ulong right) => Math.BigMul(left, right, out var low) ^ low;

    private static Vector128<byte> Random() => Vector128.Create(RandomNumberGenerator.GetBytes(Vector128<byte>.Count));
}
