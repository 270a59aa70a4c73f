namespace Cistern;

/// <summary>A journal as it was read.</summary>
internal sealed class JournalContent
{
    private JournalContent(string path, byte[] bytes)
    {
        Path = path;
        Bytes = bytes;
        Header = FileHeader.Read(bytes, FileKind.Journal, out var state);
        HeaderState = state;
    }

    public string Path { get; }

    public byte[] Bytes { get; }

    /// <summary>Null: the header cannot be read, and so nothing can.</summary>
    public FileHeader? Header { get; }

    public HeaderState HeaderState { get; }

    /// <summary>Reads a journal; null where none is.</summary>
    public static JournalContent? Read(string path, byte[]? bytes) => bytes is null ? null : new JournalContent(path, bytes);
}
