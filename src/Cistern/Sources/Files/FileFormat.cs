namespace Cistern;

/// <summary>
/// How a file of entries is read: it is split into records, one after another, and each record is decoded by itself, again whenever it is
/// read from a file that is only indexed. A record is what the file has; the entry is what comes out of it.
/// </summary>
public abstract class FileFormat
{
    /// <summary>Whether the file may begin with the byte order mark of UTF-8. The default is false.</summary>
    public virtual bool AcceptsByteOrderMark => false;

    /// <summary>Whether a key may appear again, and then wins. The default is true; otherwise it is an error.</summary>
    public virtual bool AcceptsDuplicates => true;

    /// <summary>Whether the first record is not an entry but says what the others hold. The default is false.</summary>
    public virtual bool HasHeader => false;

    /// <summary>Creates the splitter of one pass over a file.</summary>
    public abstract RecordSplitter CreateSplitter();

    /// <summary>Decodes one record. Called from several threads at once, after <see cref="ReadHeader"/> where there is one.</summary>
    /// <param name="record">Its bytes, valid UTF-8. The value may be a slice of them.</param>
    public abstract FileRecord Decode(ReadOnlyMemory<byte> record);

    /// <summary>Takes note of the header, once, before any record is decoded.</summary>
    /// <param name="record">Its bytes, valid UTF-8; null: the file has no record at all.</param>
    /// <returns>What is wrong with it, and what is allowed; null: nothing.</returns>
    public virtual string? ReadHeader(ReadOnlyMemory<byte>? record) => null;
}
