using Microsoft.Win32.SafeHandles;

namespace Cistern;

/// <summary>
/// The calls by which the backend changes the file system, and nothing else does: a test that fails or ends the process at the n-th of
/// them has seen every state that a fault or a crash can leave. Each throws an <see cref="IOException"/> when it fails.
/// </summary>
internal interface IFileCalls
{
    /// <summary>Creates a file that only its owner may read. Fails where the name is taken, be it by a link.</summary>
    SafeFileHandle CreateNew(string path);

    /// <summary>Writes all bytes; when it fails, some of them may have been written.</summary>
    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    void Truncate(SafeFileHandle file, long length);

    /// <summary>Forces a file's content to the disk.</summary>
    void Sync(SafeFileHandle file);

    /// <summary>Forces the names in a folder to the disk.</summary>
    void SyncFolder(string path);

    /// <summary>Gives a file another name in the same folder, in place of what has that name.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file, or a link itself; does nothing where there is none.</summary>
    void Delete(string path);
}
