using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Cistern;

/// <summary>A new file that is written from its beginning to its end, and hashed meanwhile.</summary>
internal sealed class FileOutput : IDisposable
{
    private const int FlushBytes = 1024 * 1024;

    private readonly IFileCalls _calls;
    private readonly SafeFileHandle _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _written;

    public FileOutput(IFileCalls calls, string path)
    {
        _calls = calls;
        _file = calls.CreateNew(path);
    }

    public ArrayBufferWriter<byte> Buffer { get; } = new(FlushBytes + FlushBytes / 4);

    public long Length => _written + Buffer.WrittenCount;

    /// <summary>What was written so far, told from all else.</summary>
    public SnapshotIdentity Identity()
    {
        Flush();
        return SnapshotIdentity.Of(_written, _hash.GetCurrentHash());
    }

    public void FlushIfLarge()
    {
        if (Buffer.WrittenCount >= FlushBytes) Flush();
    }

    /// <summary>Writes over bytes that are there. The identity does not know of it.</summary>
    public void Replace(long offset, ReadOnlySpan<byte> bytes)
    {
        Flush();
        _calls.Write(_file, bytes, offset);
    }

    public void Sync()
    {
        Flush();
        _calls.Sync(_file);
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private void Flush()
    {
        if (Buffer.WrittenCount == 0) return;
        _calls.Write(_file, Buffer.WrittenSpan, _written);
        _hash.AppendData(Buffer.WrittenSpan);
        _written += Buffer.WrittenCount;
        Buffer.ResetWrittenCount();
    }
}
