using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cistern.Cli;

/// <summary>What the runtime does not do for files: an fsync whose failure shows, and the identity behind a name.</summary>
internal static partial class NativeFile
{
    private const int CurrentFolder = -100;
    private const uint BasicStats = 0x7FF;
    private const int StatBytes = 256;

    /// <summary>
    /// Forces a file to the disk. <see cref="FileStream.Flush(bool)"/> returns normally when that fails (.NET 10 on Linux); this does not.
    /// </summary>
    /// <exception cref="IOException">It failed.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux()) RandomAccess.FlushToDisk(file);
        else if (SyncFile(file) != 0) throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    /// <summary>Forces a folder, and so a rename in it, to the disk, where the system can.</summary>
    public static void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        var folder = Open(path, flags: 0);
        if (folder < 0) return;
        _ = SyncDescriptor(folder);
        _ = Close(folder);
    }

    /// <summary>The file behind a name, links followed; null where there is none, or the system does not tell.</summary>
    public static FileIdentity? Identify(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        Span<byte> stat = stackalloc byte[StatBytes];
        if (Stat(CurrentFolder, path, 0, BasicStats, stat) != 0) return null;
        return new FileIdentity(
            MemoryMarshal.Read<ulong>(stat[136..]),
            MemoryMarshal.Read<ulong>(stat[32..]),
            MemoryMarshal.Read<ushort>(stat[28..]));
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int SyncDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, Span<byte> stat);
}
