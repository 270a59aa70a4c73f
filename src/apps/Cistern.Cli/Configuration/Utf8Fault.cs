using System.Buffers;
using System.Text;

namespace Cistern.Cli;

/// <summary>Finds where bytes stop being UTF-8.</summary>
internal static class Utf8Fault
{
    /// <summary>The offset of the first byte that is not UTF-8; the length when all are.</summary>
    public static int Find(ReadOnlySpan<byte> bytes)
    {
        var offset = 0;
        while (offset < bytes.Length && Rune.DecodeFromUtf8(bytes[offset..], out _, out var consumed) == OperationStatus.Done) offset += consumed;
        return offset;
    }
}
