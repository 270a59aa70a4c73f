namespace Cistern;

/// <summary>The bytes of an indexed file. Reads are safe for concurrent use.</summary>
internal interface IRecordContent : IDisposable
{
    /// <summary>Fills a buffer from a place in the file.</summary>
    void Read(long offset, Span<byte> buffer);

    /// <summary>Makes sure that what was read so far is what the index was made of.</summary>
    /// <exception cref="CacheSourceException">The file changed.</exception>
    void ThrowIfChanged();
}
