
namespace Cistern;

/// <summary>
/// Hashes of keys that were evicted not long ago: sixteen bits of each, in lines of sixteen, of which each forgets its oldest when another one
/// comes. A key that was never there is taken for one of them once in four thousand times. Used under the shard's lock.
/// </summary>
internal sealed class GhostTable
{
    private const int LineKeys = 16;
    private const int ArrayBytes = 24;
    private const int MarkBits = 16;

    private ushort[] _lines = [];

    public long MemoryBytes => BytesOf(_lines.Length / LineKeys);

    public int Room => _lines.Length;

    public static long BytesFor(int keys) => BytesOf(LinesFor(keys));

    /// <summary>Remembers so many keys from now on, and none of those before.</summary>
    public void Resize(int keys) => _lines = new ushort[LinesFor(keys) * LineKeys];

    public void Add(uint hash)
    {
        if (_lines.Length == 0) return;
        var line = LineOf(hash);
        line[..^1].CopyTo(line[1..]);
        line[0] = MarkOf(hash);
    }

    /// <summary>Whether a key is there; forgets it.</summary>
    public bool Take(uint hash)
    {
        if (_lines.Length == 0) return false;
        var line = LineOf(hash);
        var at = line.IndexOf(MarkOf(hash));
        if (at < 0) return false;
        line[(at + 1)..].CopyTo(line[at..]);
        line[^1] = 0;
        return true;
    }

    public void Clear() => _lines = [];

    private static long BytesOf(int lines) => lines == 0 ? 0 : ArrayBytes + (long)lines * LineKeys * sizeof(ushort);

    private static int LinesFor(int keys) => (keys + LineKeys - 1) / LineKeys;

    // 0 stands for none.
    private static ushort MarkOf(uint hash) => (ushort)Math.Max(1u, hash & ((1u << MarkBits) - 1));

    private Span<ushort> LineOf(uint hash)
    {
        var line = KeyHash.PlaceOf(hash, _lines.Length / LineKeys);
        return _lines.AsSpan(line * LineKeys, LineKeys);
    }
}
