namespace Cistern;

/// <summary>A file opened for reading. It notices when somebody writes to it; a file that is replaced by another one stays as it was.</summary>
internal sealed class SourceFile : IRecordContent
{
    private readonly FileStream _stream;
    private readonly string _name;
    private readonly (long Length, DateTime WrittenAt) _stamp;

    private SourceFile(FileStream stream, string name)
    {
        _stream = stream;
        _name = name;
        if (stream.CanSeek) _stamp = ReadStamp();
    }

    /// <summary>The bytes from the start.</summary>
    public Stream Stream => _stream;

    /// <summary>The length in bytes; null where it says nothing: of a pipe, and of the files that a system makes up while they are read.</summary>
    public long? Length => _stamp.Length > 0 ? _stamp.Length : null;

    public static SourceFile Open(string path) => new(RecordScanner.OpenFile(path), path);

    public void Read(long offset, Span<byte> buffer)
    {
        try
        {
            while (buffer.Length > 0)
            {
                var read = RandomAccess.Read(_stream.SafeFileHandle, buffer, offset);
                if (read == 0) throw FileFault.Changed(_name);
                offset += read;
                buffer = buffer[read..];
            }
        }
        catch (IOException error)
        {
            throw FileFault.Unreadable(_name, error);
        }
    }

    public void ThrowIfChanged()
    {
        if (_stream.CanSeek && ReadStamp() != _stamp) throw FileFault.Changed(_name);
    }

    public void Dispose() => _stream.Dispose();

    private (long Length, DateTime WrittenAt) ReadStamp() => (RandomAccess.GetLength(_stream.SafeFileHandle), File.GetLastWriteTimeUtc(_stream.SafeFileHandle));
}
