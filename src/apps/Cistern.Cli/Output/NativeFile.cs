using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cistern.Cli;

/// <summary>What the runtime does not do for files: an fsync whose failure shows, and the identity behind a name.</summary>
internal static partial class NativeFile
{
    private const int CurrentFolder = -100;
    private const uint BasicStats = 0x7FF;
    private const int StatBytes = 256;
    private const uint BeginWriting = 2;

    // O_PATH and O_CLOEXEC.
    private const int PathOnly = 0x20_0000 | 0x8_0000;

    /// <summary>
    /// Forces a file to the disk. <see cref="FileStream.Flush(bool)"/> returns normally when that fails (.NET 10 on Linux); this does not.
    /// </summary>
    /// <exception cref="IOException">It failed.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux()) RandomAccess.FlushToDisk(file);
        else if (SyncFile(file) != 0) throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    /// <summary>
    /// Keeps the file behind a name from being taken apart while the handle lives, whatever becomes of the name. It is not opened: a pipe does
    /// not make this wait. Null where there is none, or the system has no such thing.
    /// </summary>
    public static SafeFileHandle? Hold(string path)
    {
        if (!OperatingSystem.IsLinux() || Open(path, PathOnly) is not (>= 0 and var descriptor)) return null;
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Lets the disk begin with a part of a file, so that little is left for <see cref="Sync"/>. Only a hint: it promises nothing and never fails.</summary>
    public static void BeginSync(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux()) _ = SyncRange(file, offset, length, BeginWriting);
    }

    /// <summary>
    /// Lets the system itself copy a file to a regular file or a device. It may stop anywhere, or not begin (a descriptor opened to append): what
    /// it did not copy is left to the caller, who then also learns why. A pipe or socket would be handed the file's live pages, and its reader
    /// whatever is written there later.
    /// </summary>
    /// <returns>How many bytes were copied.</returns>
    public static long Send(SafeFileHandle file, long length, SafeFileHandle destination)
    {
        var offset = 0L;
        while (OperatingSystem.IsLinux() && offset < length && SendFile(destination, file, ref offset, (nuint)(length - offset)) > 0)
        {
        }

        return offset;
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

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "sendfile")]
    private static partial nint SendFile(SafeFileHandle destination, SafeFileHandle file, ref long offset, nuint length);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, Span<byte> stat);
}
