using Microsoft.Win32.SafeHandles;

namespace Cistern;

/// <summary>The calls of the system the process runs on.</summary>
internal sealed class SystemFileCalls : IFileCalls
{
    private SystemFileCalls()
    {
    }

    public static SystemFileCalls Instance { get; } = new();

    public SafeFileHandle CreateNew(string path)
    {
        if (OperatingSystem.IsLinux()) return LibC.CreateNew(path);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public void Truncate(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    // The runtime's own flush returns normally when fsync fails (.NET 10 on Linux).
    public void Sync(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux()) LibC.Sync(file);
        else RandomAccess.FlushToDisk(file);
    }

    public void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var folder = LibC.OpenForReading(path);
        LibC.Sync(folder);
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);
}
