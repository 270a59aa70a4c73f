using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cistern;

/// <summary>Has the processor fetch what is needed soon.</summary>
internal static unsafe class Prefetching
{
    private const int LineBytes = 64;

    /// <summary>Fetches the line of a byte and the next one. The memory must not move: it is pinned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(ref byte place)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(Unsafe.AsPointer(ref place));
        Sse.Prefetch0((byte*)Unsafe.AsPointer(ref place) + LineBytes);
    }
}
