namespace Cistern;

/// <summary>
/// A file of our own that goes when it is closed: written at its end through a buffer, then read from anywhere. Where a file may be deleted
/// while it is open, its name is gone before anything is written, so that not even a killed process leaves it behind.
/// </summary>
internal sealed class TemporaryFile : IRecordContent
{
    private const int BufferBytes = 64 * 1024;

    private readonly FileStream _stream;
    private readonly string _folder;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _flushed;

    private TemporaryFile(FileStream stream, string folder)
    {
        _stream = stream;
        _folder = folder;
    }

    public long Length => _flushed + _buffered;

    public static TemporaryFile Create(string? folder)
    {
        folder ??= Path.GetTempPath();
        var path = Path.Combine(folder, $"cistern-{Path.GetRandomFileName()}");
        try
        {
            // Never an existing file, never through somebody's link, and for nobody else to read.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
            if (OperatingSystem.IsWindows()) options.Options = FileOptions.DeleteOnClose;
            else options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var stream = new FileStream(path, options);
            if (!OperatingSystem.IsWindows()) File.Delete(path);
            return new TemporaryFile(stream, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CacheSourceException($"{folder}: No temporary file can be created here; a folder that can be written to is needed.", error);
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_buffered == BufferBytes) Flush();
            var count = Math.Min(bytes.Length, BufferBytes - _buffered);
            bytes[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Makes what was appended readable.</summary>
    public void Flush()
    {
        Write(_flushed, _buffer.AsSpan(0, _buffered));
        _flushed += _buffered;
        _buffered = 0;
    }

    /// <summary>Writes over what was flushed.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_stream.SafeFileHandle, bytes, offset);
        }
        catch (IOException error)
        {
            throw new CacheSourceException($"{_folder}: A temporary file cannot be written: {error.Message}", error);
        }
    }

    public void Read(long offset, Span<byte> buffer)
    {
        try
        {
            while (buffer.Length > 0)
            {
                var read = RandomAccess.Read(_stream.SafeFileHandle, buffer, offset);
                if (read == 0) throw new EndOfStreamException();
                offset += read;
                buffer = buffer[read..];
            }
        }
        catch (IOException error)
        {
            throw new CacheSourceException($"{_folder}: A temporary file cannot be read: {error.Message}", error);
        }
    }

    // Nobody else can reach it.
    public void ThrowIfChanged()
    {
    }

    public void Dispose() => _stream.Dispose();
}
