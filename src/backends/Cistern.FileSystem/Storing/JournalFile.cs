using Microsoft.Win32.SafeHandles;

namespace Cistern;

/// <summary>A journal that is being appended to. Used under the store's lock for writing, but for <see cref="Sync"/>.</summary>
internal sealed class JournalFile : IDisposable
{
    private const int CopyBytes = 1024 * 1024;

    private readonly IFileCalls _calls;
    private readonly SafeFileHandle _file;
    private long _length;

    // Something behind the last whole record could not be cut off yet.
    private bool _hasTornEnd;

    private JournalFile(IFileCalls calls, SafeFileHandle file, FileHeader header)
    {
        _calls = calls;
        _file = file;
        Header = header;
    }

    public FileHeader Header { get; }

    /// <summary>Where the last whole record ends.</summary>
    public long Length => Volatile.Read(ref _length);

    public static JournalFile Create(IFileCalls calls, string path, FileHeader header)
    {
        var journal = new JournalFile(calls, calls.CreateNew(path), header);
        try
        {
            journal.Append(header.ToBytes());
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Appends whole records. When it fails, the file ends where it ended before, as soon as the system allows that.</summary>
    public void Append(ReadOnlySpan<byte> records)
    {
        if (_hasTornEnd) CutOff(_length);
        try
        {
            _calls.Write(_file, records, _length);
        }
        catch
        {
            _hasTornEnd = true;
            TryCutOff(_length);
            throw;
        }

        Volatile.Write(ref _length, _length + records.Length);
    }

    public void Sync() => _calls.Sync(_file);

    /// <summary>Cuts off what was appended last and is not to count. May fail in silence: it was never acknowledged, and may count all the same.</summary>
    public void TryCutOff(long length)
    {
        try { CutOff(length); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { _hasTornEnd = true; }
    }

    /// <summary>Appends what another journal has between two places.</summary>
    public void CopyFrom(JournalFile other, long from, long to)
    {
        var buffer = new byte[(int)Math.Min(CopyBytes, to - from)];
        while (from < to)
        {
            var read = RandomAccess.Read(other._file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - from)), from);
            if (read == 0) throw new IOException("The journal ends before its own end.");
            Append(buffer.AsSpan(0, read));
            from += read;
        }
    }

    public void Dispose() => _file.Dispose();

    private void CutOff(long length)
    {
        _calls.Truncate(_file, length);
        _hasTornEnd = false;
        Volatile.Write(ref _length, length);
    }
}
