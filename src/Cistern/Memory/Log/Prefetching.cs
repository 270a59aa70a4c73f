using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cistern;

/// <summary>Has the processor fetch what is needed soon.</summary>
internal static unsafe class Prefetching
{
    private const int LineBytes = 64;

    /// <summary>Fetches the line of a byte and those behind it. What moves meanwhile is fetched for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(ref byte place, int lines = 2)
    {
        if (!Sse.IsSupported) return;
        for (var line = 0; line < lines; line++) Sse.Prefetch0((byte*)Unsafe.AsPointer(ref place) + line * LineBytes);
    }

    /// <summary>Fetches the beginning of a text, without a look at it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(string text)
    {
        if (!Sse.IsSupported) return;

        // The bits of a reference, never followed here: the object may have moved by now.
        var place = *(byte**)Unsafe.AsPointer(ref text);
        Sse.Prefetch0(place);
        Sse.Prefetch0(place + LineBytes);
    }
}
