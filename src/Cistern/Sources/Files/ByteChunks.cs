namespace Cistern;

/// <summary>Keeps copies of bytes that are about to be overwritten: small ones share arrays, as an array for each of many would weigh more than they do.</summary>
internal sealed class ByteChunks
{
    private const int ChunkBytes = 64 * 1024;
    private const int MostSharedBytes = 4 * 1024;

    private Memory<byte> _chunk;

    /// <summary>A copy of the bytes.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MostSharedBytes) return bytes.ToArray();
        if (_chunk.Length < bytes.Length) _chunk = new byte[ChunkBytes];
        var kept = _chunk[..bytes.Length];
        bytes.CopyTo(kept);
        _chunk = _chunk[bytes.Length..];
        return kept;
    }
}
