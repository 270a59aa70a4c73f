using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cistern;

/// <summary>
/// The right to write, as the system's lock on a small file that names its holder. The lock ends with the process that holds it; the
/// file itself stays, and locks nobody out.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    private const int MostOwnerBytes = 256;

    private readonly SafeFileHandle _file;

    private WriterLock(SafeFileHandle file) => _file = file;

    public static WriterLock Acquire(string path, string snapshot, IFileCalls calls)
    {
        var file = Open(path);
        try
        {
            if (file is null || (OperatingSystem.IsLinux() && !LibC.TryLock(file))) throw new CacheBackendException($"{snapshot} is open for writing by {ReadOwner(path)}. Close it there, or open it here read-only.");
            WriteOwner(calls, file);
            return new WriterLock(file);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // A process that is just being started has the file, too, until it becomes another program: the lock must not wait for that.
        if (OperatingSystem.IsLinux() && !_file.IsClosed) LibC.Unlock(_file);
        _file.Dispose();
    }

    private static void WriteOwner(IFileCalls calls, SafeFileHandle file)
    {
        try
        {
            calls.Truncate(file, 0);
            calls.Write(file, Encoding.UTF8.GetBytes($"process {Environment.ProcessId} on {Environment.MachineName}\n"), 0);
        }
        catch (IOException)
        {
            // The lock is what counts, and a full disk must not keep anybody from reading, or from deleting what fills it.
        }
    }

    // Elsewhere than on Linux the runtime locks what is shared with nobody.
    private static SafeFileHandle? Open(string path)
    {
        if (OperatingSystem.IsLinux()) return LibC.OpenOrCreate(path);
        if (new FileInfo(path).LinkTarget is not null) throw new IOException($"{path} is a link; it is not followed.");
        try { return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None); }
        catch (IOException) when (File.Exists(path)) { return null; }
    }

    // Whoever can write the file chose its text: only what a name of ours is made of is shown.
    private static string ReadOwner(string path)
    {
        try
        {
            // The runtime's own way of opening asks for a lock itself, and is refused.
            using var file = OperatingSystem.IsLinux() ? LibC.OpenForReading(path) : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MostOwnerBytes];
            var text = Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0)).Trim();
            return text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '.' or '-' or '_') ? text : "another process";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
