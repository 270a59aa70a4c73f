using Microsoft.Win32.SafeHandles;

namespace Cistern;

/// <summary>Reads a file whole, if it is one that may be.</summary>
internal static class FileContent
{
    /// <summary>A file's bytes; null where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The most bytes it may have.</param>
    /// <exception cref="CacheBackendException">It is no regular file, or larger, or the system cannot read it.</exception>
    public static byte[]? Read(string path, long maxBytes)
    {
        try { return ReadIfThere(path, maxBytes); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { throw new CacheBackendException($"{path} cannot be read: {fault.Message}", fault); }
    }

    private static byte[]? ReadIfThere(string path, long maxBytes)
    {
        if (Directory.Exists(path)) throw new CacheBackendException($"{path} is a folder; name a file in it.");
        if (OperatingSystem.IsLinux() && LibC.IsRegularFile(path) == false) throw new CacheBackendException($"{path} is not a regular file.");
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        using (file) return Read(file, path, maxBytes);
    }

    private static byte[] Read(SafeFileHandle file, string path, long maxBytes)
    {
        var length = RandomAccess.GetLength(file);
        if (length > maxBytes) throw new CacheBackendException($"{path} has {length} bytes, and at most {maxBytes} are loaded. Raise {nameof(FileBackendOptions.MaxFileBytes)} (max-file in an address) if there is memory for several times as much, or use SQLite.");
        var bytes = new byte[length];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is var count and > 0) read += count;
        return read == bytes.Length ? bytes : bytes[..read];
    }
}
