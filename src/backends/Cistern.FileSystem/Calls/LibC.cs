using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Cistern;

/// <summary>What the runtime does not do for files on Linux: open without following a link, lock, sync so that a failure shows, and tell what kind of file a name leads to.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LibC
{
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int CloseOnExec = 0x80000;
    private const int OwnerOnly = 0x180;
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;
    private const int LockNone = 8;
    private const int WouldBlock = 11;
    private const int NoSuchFile = 2;
    private const int CurrentFolder = -100;
    private const uint FileType = 1;
    private const int StatBytes = 256;
    private const int ModeOffset = 28;
    private const int KindMask = 0xF000;
    private const int RegularFile = 0x8000;

    // The one flag whose value depends on the processor.
    private static int DoNotFollow => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Armv6 or Architecture.Arm64 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    public static SafeFileHandle CreateNew(string path) => Open(path, ReadWrite | Create | Exclusive | CloseOnExec | DoNotFollow);

    /// <summary>Opens a file that may be there already, but never through a link.</summary>
    public static SafeFileHandle OpenOrCreate(string path) => Open(path, ReadWrite | Create | CloseOnExec | DoNotFollow);

    public static SafeFileHandle OpenForReading(string path) => Open(path, ReadOnly | CloseOnExec);

    public static void Sync(SafeFileHandle file)
    {
        if (SyncFile(file) != 0) throw Fault("fsync");
    }

    /// <summary>Locks an open file until it is closed, be it by the end of the process; false when another has it locked.</summary>
    public static bool TryLock(SafeFileHandle file)
    {
        if (LockFile(file, LockExclusive | LockWithoutWaiting) == 0) return true;
        return Marshal.GetLastPInvokeError() == WouldBlock ? false : throw Fault("flock");
    }

    /// <summary>Gives a lock back, whoever else has the open file. May fail in silence: closing the file gives it back, too.</summary>
    public static void Unlock(SafeFileHandle file) => _ = LockFile(file, LockNone);

    /// <summary>Whether a name leads to a regular file, links followed; null where nothing is.</summary>
    public static bool? IsRegularFile(string path)
    {
        Span<byte> stat = stackalloc byte[StatBytes];
        if (Stat(CurrentFolder, path, 0, FileType, stat) == 0) return (MemoryMarshal.Read<ushort>(stat[ModeOffset..]) & KindMask) == RegularFile;
        return Marshal.GetLastPInvokeError() == NoSuchFile ? null : throw Fault($"stat of {path}");
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        var file = OpenFile(path, flags, OwnerOnly);
        if (!file.IsInvalid) return file;
        var fault = Fault(path);
        file.Dispose();
        throw fault;
    }

    private static IOException Fault(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int LockFile(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, Span<byte> stat);
}
