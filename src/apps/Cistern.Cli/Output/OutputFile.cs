using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Cistern.Cli;

/// <summary>
/// A file that appears whole or not at all: it is written under a random name beside its place, forced to the disk, and renamed. Until
/// then, and after any failure, whatever was in its place is untouched. A device or pipe cannot be replaced and is written to at the end.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const int CopyBytes = 1 << 20;

    private readonly OutputPath _path;
    private readonly string _temporary;
    private readonly Stack<string> _createdFolders = new();
    private readonly SafeFileHandle _file;
    private bool _published;

    private OutputFile(OutputPath path)
    {
        _path = path;
        var folder = path.IsStream || path.IsStandardOutput ? Path.GetTempPath() : Path.GetDirectoryName(path.Full)!;
        CreateFolders(folder);
        _temporary = Path.Combine(folder, $".cistern-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        _file = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
    }

    /// <summary>How many bytes it has.</summary>
    public long Length { get; private set; }

    /// <summary>The path as the user gave it.</summary>
    public string Shown => _path.Shown;

    public static OutputFile Create(OutputPath path)
    {
        try { return new OutputFile(path); }
        catch (Exception error) when (IsFault(error)) { throw Unwritable(path, error); }
    }

    /// <summary>Writes at a place; what lies between it and the end so far is left empty.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(_file, bytes, offset);
            if (bytes.Length >= BlockWriter.BlockBytes / 2) NativeFile.BeginSync(_file, offset, bytes.Length);
        }
        catch (Exception error) when (IsFault(error)) { throw Unwritable(_path, error); }
        Length = Math.Max(Length, offset + bytes.Length);
    }

    /// <summary>Forces what was written to the disk; after this only <see cref="Publish"/> is left.</summary>
    public void Settle()
    {
        if (_path.IsStream || _path.IsStandardOutput) return;
        try
        {
            if (!OperatingSystem.IsWindows() && File.Exists(_path.Full)) File.SetUnixFileMode(_file, File.GetUnixFileMode(_path.Full));
            NativeFile.Sync(_file);
        }
        catch (Exception error) when (IsFault(error)) { throw Unwritable(_path, error); }
    }

    /// <summary>Puts the file in its place.</summary>
    public void Publish()
    {
        try
        {
            if (_path.IsStream && !_path.IsStandardOutput) CopyToStream();
            if (_path.IsStream || _path.IsStandardOutput) return;

            // The last to let go of a large file waits until the system has taken it apart: not the one who publishes the next.
            var replaced = NativeFile.Hold(_path.Full);
            File.Move(_temporary, _path.Full, overwrite: true);
            _published = true;
            if (replaced is not null) ThreadPool.UnsafeQueueUserWorkItem(static replaced => replaced.Dispose(), replaced, preferLocal: false);
        }
        catch (Exception error) when (IsFault(error)) { throw Unwritable(_path, error); }
    }

    /// <summary>Copies the whole file.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="descriptor">The descriptor below that stream, a regular file or a device, for a copy that does not pass through this process; null: none.</param>
    /// <exception cref="IOException">It cannot be written there, or the file became shorter meanwhile.</exception>
    public void CopyTo(Stream destination, SafeFileHandle? descriptor = null)
    {
        destination.Flush();
        var sent = descriptor is null ? 0 : NativeFile.Send(_file, Length, descriptor);
        if (sent == Length) return;
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(Length, 1, CopyBytes));
        var offset = sent;
        for (; RandomAccess.Read(_file, buffer, offset) is > 0 and var read; offset += read) destination.Write(buffer, 0, read);
        destination.Flush();
        if (offset < Length) throw new IOException($"{Shown} was cut while it was copied: {offset} of {Length} bytes were left.");
    }

    /// <summary>Copies the whole file to standard output, once it is in its place: whoever reads there may be gone, and only they have a loss.</summary>
    /// <exception cref="IOException">It cannot be written there; the message says so.</exception>
    public void PrintTo(ConsoleStreams console)
    {
        try { CopyTo(console.Output, console.OutputDescriptor); }
        catch (Exception error) when (IsFault(error)) { throw new IOException($"standard output: {SystemFault.Explain(error)}", error); }
    }

    public void Dispose()
    {
        _file.Dispose();
        if (_published) return;
        try
        {
            File.Delete(_temporary);
            while (_createdFolders.TryPop(out var folder)) Directory.Delete(folder);
        }
        catch (Exception error) when (IsFault(error)) { /* What led here is the fault to tell. */ }
    }

    private void CopyToStream()
    {
        using var stream = new FileStream(_path.Full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        CopyTo(stream);
    }

    // Remembers what it creates, so that a failed run leaves no empty folders behind.
    private void CreateFolders(string folder)
    {
        var missing = new Stack<string>();
        for (var parent = folder; parent is not null && !Directory.Exists(parent); parent = Path.GetDirectoryName(parent)) missing.Push(parent);
        while (missing.TryPop(out var next))
        {
            Directory.CreateDirectory(next);
            _createdFolders.Push(next);
        }
    }

    private static bool IsFault(Exception error) => error is IOException or UnauthorizedAccessException;

    private static BadInputException Unwritable(OutputPath path, Exception error) => new($"{path.Shown}: cannot be written: {SystemFault.Explain(error)}", error);
}
