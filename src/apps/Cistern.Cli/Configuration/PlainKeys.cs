using System.Buffers;
using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Cistern.Cli;

/// <summary>
/// The keys of an array without escapes, left where they are in the file: they are checked once, several times faster than a JSON reader
/// can as only quotes need be found, and each becomes a string when its turn comes. That string is in the processor's cache when it is
/// looked up; of millions of strings made beforehand none would be.
/// </summary>
internal sealed class PlainKeys : IReadOnlyCollection<string>
{
    // What ends a plain string, well or not: a quote, an escape, a raw control character.
    private static readonly SearchValues<byte> Ends = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 32).Select(code => (byte)code)]);

    // Access is skewed wherever a cache is worth having: most lookups repeat a key that was made a string not long ago.
    private const int RecentBits = 14;
    private const ulong Mixer = 0x9E37_79B9_7F4A_7C15;

    private readonly ReadOnlyMemory<byte> _json;

    private PlainKeys(ReadOnlyMemory<byte> json, int count)
    {
        _json = json;
        Count = count;
    }

    public int Count { get; }

    /// <summary>Where the closing bracket is, counted from behind the opening one.</summary>
    public int Length => _json.Length;

    /// <summary>Checks an array from behind its opening bracket; null when something in it is not a plain key, of which the JSON reader will tell.</summary>
    /// <param name="json">The rest of the file, valid UTF-8, from behind the opening bracket.</param>
    /// <param name="mostKeyBytes">The longest key allowed.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PlainKeys? Check(ReadOnlyMemory<byte> json, int mostKeyBytes)
    {
        var rest = SkipSpace(json.Span);
        var count = 0;
        if (rest is [(byte)']', ..]) return new PlainKeys(json[..(json.Length - rest.Length)], 0);
        while (rest is [(byte)'"', ..])
        {
            rest = rest[1..];
            var length = rest.IndexOfAny(Ends);
            if (length < 0 || rest[length] != (byte)'"' || length > mostKeyBytes) return null;
            count++;
            rest = SkipSpace(rest[(length + 1)..]);
            if (rest is [(byte)']', ..]) return new PlainKeys(json[..(json.Length - rest.Length)], count);
            if (rest is not [(byte)',', ..]) return null;
            rest = SkipSpace(rest[1..]);
        }

        return null;
    }

    public IEnumerator<string> GetEnumerator()
    {
        var place = 0;
        var recent = new string?[1 << RecentBits];
        for (var i = 0; i < Count; i++) yield return Next(ref place, recent);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // What was checked once needs no second check: between two quotes there is a key, and between keys there is none.
    private string Next(ref int place, string?[] recent)
    {
        var json = _json.Span;
        var start = place + json[place..].IndexOf((byte)'"') + 1;
        var length = json[start..].IndexOf((byte)'"');
        place = start + length + 1;
        var utf8 = json.Slice(start, length);
        ref var known = ref recent[RecentPlace(utf8)];
        if (known is null || !IsSame(utf8, known)) known = Encoding.UTF8.GetString(utf8);
        return known;
    }

    private static bool IsSame(ReadOnlySpan<byte> utf8, string key) => Ascii.Equals(utf8, key) || (!Ascii.IsValid(utf8) && Encoding.UTF8.GetByteCount(key) == utf8.Length && utf8.SequenceEqual(Encoding.UTF8.GetBytes(key)));

    // The end of a key tells more than its beginning. Nothing but time is lost to keys that share a place.
    private static int RecentPlace(ReadOnlySpan<byte> utf8)
    {
        var end = (ulong)utf8.Length;
        if (utf8.Length >= sizeof(ulong)) end += MemoryMarshal.Read<ulong>(utf8[^sizeof(ulong)..]);
        else foreach (var part in utf8) end = (end << 8) | part;
        return (int)((end * Mixer) >> (64 - RecentBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> json)
    {
        var i = 0;
        while (i < json.Length && json[i] is ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) i++;
        return json[i..];
    }
}
