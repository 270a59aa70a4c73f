using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cistern;

/// <summary>Copies values that are mostly short, without the call that a general copy is: what follows it need not wait for where the value comes from.</summary>
internal static class ShortCopy
{
    // From here on a general copy is faster.
    private const int MostBytes = 512;

    private static int Lane => Vector512<byte>.Count;

    private static int HalfLane => Vector256<byte>.Count;

    /// <summary>Copies bytes to where there is room for them; source and destination must not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ref byte source, ref byte destination, int length)
    {
        // The last bytes overlap those before them, so that no rest is left.
        if ((uint)(length - Lane) <= (uint)Lane)
        {
            var last = (nuint)(uint)(length - Lane);
            Vector512.LoadUnsafe(ref source).StoreUnsafe(ref destination);
            Vector512.LoadUnsafe(ref source, last).StoreUnsafe(ref destination, last);
        }
        else
        {
            CopyOther(ref source, ref destination, length);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CopyOther(ref byte source, ref byte destination, int length)
    {
        if ((uint)(length - Lane) <= MostBytes - (uint)Lane)
        {
            var last = (nuint)(uint)(length - Lane);
            for (nuint at = 0; at < last; at += (nuint)Lane) Vector512.LoadUnsafe(ref source, at).StoreUnsafe(ref destination, at);
            Vector512.LoadUnsafe(ref source, last).StoreUnsafe(ref destination, last);
        }
        else if ((uint)(length - HalfLane) <= (uint)HalfLane)
        {
            var last = (nuint)(uint)(length - HalfLane);
            Vector256.LoadUnsafe(ref source).StoreUnsafe(ref destination);
            Vector256.LoadUnsafe(ref source, last).StoreUnsafe(ref destination, last);
        }
        else
        {
            MemoryMarshal.CreateReadOnlySpan(ref source, length).CopyTo(MemoryMarshal.CreateSpan(ref destination, length));
        }
    }
}
