using System.Text.Unicode;

namespace Cistern;

/// <summary>
/// Reads a stream record by record, in memory that one record bounds, and knows at which line each one is. What it returns is valid UTF-8.
/// Not thread-safe.
/// </summary>
public sealed class RecordScanner
{
    private const int LeastBufferBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly RecordSplitter _splitter;
    private readonly string _name;
    private readonly int _maxRecordBytes;
    private readonly bool _acceptsByteOrderMark;
    private byte[] _buffer = new byte[LeastBufferBytes];
    private int _start;
    private int _end;
    private int _recordStart;
    private int _recordLength;
    private int _consumed;
    private long _bufferOffset;
    private long _lineStart;
    private bool _isEnd;
    private bool _hasBegun;

    /// <summary>Creates a scanner at the beginning of a stream.</summary>
    /// <param name="stream">The stream; not disposed.</param>
    /// <param name="splitter">Finds the records; new.</param>
    /// <param name="name">What the stream is called in errors.</param>
    /// <param name="maxRecordBytes">The most bytes of one record.</param>
    /// <param name="acceptsByteOrderMark">Whether it may begin with the byte order mark of UTF-8.</param>
    public RecordScanner(Stream stream, RecordSplitter splitter, string name, int maxRecordBytes, bool acceptsByteOrderMark = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(splitter);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRecordBytes, 1);
        _stream = stream;
        _splitter = splitter;
        _name = name;
        _maxRecordBytes = maxRecordBytes;
        _acceptsByteOrderMark = acceptsByteOrderMark;
    }

    /// <summary>The bytes of the record; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Record => _buffer.AsMemory(_recordStart, _recordLength);

    /// <summary>Where the record starts in the stream, in bytes.</summary>
    public long Offset => _bufferOffset + _recordStart;

    /// <summary>The line at which the record starts, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Opens a file to be scanned. Nothing is locked: whoever owns the file goes on as if it were not read.</summary>
    /// <param name="path">The file, or a pipe.</param>
    /// <exception cref="CacheSourceException">There is no such file, it is a folder, or it may not be read.</exception>
    public static FileStream OpenFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0')) throw new CacheSourceException("The path of the file has a NUL in it.");
        try
        {
            return new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CacheSourceException($"{path}: There is no such file.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new CacheSourceException(Directory.Exists(path) ? $"{path}: This is a folder; a file is needed." : $"{path}: The file cannot be read: permission denied.", error);
        }
        catch (IOException error)
        {
            throw FileFault.Unreadable(path, error);
        }
    }

    /// <summary>Moves to the next record.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>False: there is none.</returns>
    /// <exception cref="CacheSourceException">The stream cannot be read, is not UTF-8, cannot be split, or a record is too long; the message says where.</exception>
    public bool Read(CancellationToken cancellationToken)
    {
        if (!_hasBegun) Begin();
        Discard(_consumed);
        _consumed = 0;
        while (true)
        {
            var bounds = _splitter.Find(_buffer.AsSpan(_start, _end - _start), _isEnd);
            if (bounds.Fault is { } reason) throw FaultAt(reason, _start + bounds.Start);
            if (bounds.IsFound)
            {
                Settle(bounds);
                return true;
            }

            Discard(bounds.Consumed);
            if (_isEnd) return EndWithoutRecord();
            cancellationToken.ThrowIfCancellationRequested();
            if (_end - _start > _maxRecordBytes) throw TooLong(_start);
            Fill();
        }
    }

    /// <summary>An error that says where it is: the name, the line and the byte in the line, from 1.</summary>
    /// <param name="reason">What is wrong, and what is allowed. Holds no value.</param>
    /// <param name="position">Where in the record, in bytes.</param>
    public CacheSourceException Fault(string reason, int position = 0) => FaultAt(reason, _recordStart + Math.Clamp(position, 0, _recordLength));

    private void Begin()
    {
        _hasBegun = true;
        Fill();
        var skip = TextEncoding.Examine(_buffer.AsSpan(0, _end), _acceptsByteOrderMark, out var reason);
        if (reason is not null) throw FaultAt(reason, 0);
        _start = skip;
        _lineStart = skip;
    }

    private bool EndWithoutRecord()
    {
        _recordStart = _end;
        _recordLength = 0;
        return false;
    }

    private void Settle(RecordBounds bounds)
    {
        Discard(bounds.Start);
        _consumed = bounds.Consumed - bounds.Start;
        _recordStart = _start;
        _recordLength = bounds.Length;
        if (_recordLength > _maxRecordBytes) throw TooLong(_recordStart);
        var record = Record.Span;
        if (!Utf8.IsValid(record)) throw Fault(TextEncoding.NotUtf8, TextEncoding.FindInvalid(record));
    }

    private void Discard(int count)
    {
        if (count == 0) return;
        var bytes = _buffer.AsSpan(_start, count);
        if (bytes.LastIndexOf((byte)'\n') is >= 0 and var last)
        {
            Line += bytes.Count((byte)'\n');
            _lineStart = _bufferOffset + _start + last + 1;
        }

        _start += count;
    }

    // Reads until a line end has come, as a pipe may have no more to give for now; once a record is long, until the buffer is full, so that a
    // splitter that must begin it anew sees twice as much each time.
    private void Fill()
    {
        var isLong = _end - _start >= LeastBufferBytes;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _bufferOffset += _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, (long)_maxRecordBytes + LeastBufferBytes));
        while (_end < _buffer.Length)
        {
            var read = ReadStream();
            _end += read;
            _isEnd = read == 0;
            if (_isEnd || (!isLong && _buffer.AsSpan(_end - read, read).Contains((byte)'\n'))) return;
        }
    }

    private int ReadStream()
    {
        try
        {
            return _stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (IOException error)
        {
            throw FileFault.Unreadable(_name, error);
        }
    }

    private CacheSourceException TooLong(int position) =>
        FaultAt($"The {_splitter.RecordName} that begins here is too long; at most {ByteCount.Describe(_maxRecordBytes)} are allowed.", position);

    private CacheSourceException FaultAt(string reason, int position)
    {
        var bytes = _buffer.AsSpan(_start, Math.Max(position - _start, 0));
        var line = Line + bytes.Count((byte)'\n');
        var last = bytes.LastIndexOf((byte)'\n');
        var lineStart = last < 0 ? _lineStart : _bufferOffset + _start + last + 1;
        return FileFault.At(_name, line, _bufferOffset + position - lineStart + 1, reason);
    }
}
