using System.Buffers;
using System.Runtime.CompilerServices;

namespace Cistern.Cli;

/// <summary>
/// Reads an array of keys without escapes several times faster than a JSON reader can, as it need only find quotes. Of anything else in
/// the array it says nothing and leaves it to the JSON reader.
/// </summary>
internal static class PlainKeyScanner
{
    // What ends a plain string, well or not: a quote, an escape, a raw control character.
    private static readonly SearchValues<byte> Ends = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 32).Select(code => (byte)code)]);

    /// <summary>Reads from behind the opening bracket to the closing one.</summary>
    /// <param name="json">The rest of the file, from behind the opening bracket.</param>
    /// <param name="keys">Gives keys their strings.</param>
    /// <param name="mostKeyBytes">The longest key allowed.</param>
    /// <param name="lookups">The keys, when all were plain.</param>
    /// <returns>Where the closing bracket is; -1 when something in the array is not a plain key.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Read(ReadOnlySpan<byte> json, KeyTable keys, int mostKeyBytes, out List<string> lookups)
    {
        lookups = [];
        var rest = json;
        while (true)
        {
            rest = SkipSpace(rest);
            if (rest.Length == 0 || rest[0] != (byte)'"') return rest is [(byte)']', ..] && lookups.Count == 0 ? json.Length - rest.Length : -1;
            rest = rest[1..];
            var length = rest.IndexOfAny(Ends);
            if (length < 0 || rest[length] != (byte)'"' || length > mostKeyBytes) return -1;
            lookups.Add(keys.Intern(rest[..length]));
            rest = SkipSpace(rest[(length + 1)..]);
            if (rest.Length == 0) return -1;
            if (rest[0] == (byte)']') return json.Length - rest.Length;
            if (rest[0] != (byte)',') return -1;
            rest = rest[1..];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> json)
    {
        var i = 0;
        while (i < json.Length && json[i] is ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) i++;
        return json[i..];
    }
}
