using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cistern;

/// <summary>Characters that are of ASCII, in registers.</summary>
internal static class AsciiCharacters
{
    private const ushort NoAscii = 0xFF80;

    /// <summary>A byte for each character; where one is not of ASCII, any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow(Vector128<ushort> first, Vector128<ushort> second) =>
        Sse2.IsSupported ? Sse2.PackUnsignedSaturate(first.AsInt16(), second.AsInt16()) : Vector128.Narrow(first, second);

    /// <summary>Whether all are of ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreAll(Vector128<ushort> characters) => (characters & Vector128.Create(NoAscii)) == Vector128<ushort>.Zero;
}
