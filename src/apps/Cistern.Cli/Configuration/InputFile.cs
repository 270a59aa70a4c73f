using System.Text.Unicode;

namespace Cistern.Cli;

/// <summary>A configuration read whole into memory: valid UTF-8 without a byte order mark, within a limit.</summary>
/// <param name="Name">What it is called in errors: the path as it was given.</param>
/// <param name="Bytes">The array that holds it, perhaps with room after it.</param>
/// <param name="Length">How many bytes of the array it is.</param>
internal sealed record InputFile(string Name, byte[] Bytes, int Length)
{
    public const int MostBytes = 256 * 1024 * 1024;

    private const int FirstBuffer = 1 << 20;

    public ReadOnlySpan<byte> Span => Bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => Bytes.AsMemory(0, Length);

    public static InputFile Read(string path)
    {
        if (Directory.Exists(path)) throw new BadInputException($"{path}: is a folder; --input must name a JSON file");
        InputFile file;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file = Read(path, stream);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"{path}: no such file; --input must name a JSON file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{path}: cannot be read: {error.Message}", error);
        }

        file.CheckEncoding();
        return file;
    }

    /// <summary>The file and the place of a byte in it, as editors count: file:line:column, both from 1, the column in bytes.</summary>
    public string At(long offset)
    {
        var before = Span[..(int)Math.Min(offset, Length)];
        return $"{Name}:{before.Count((byte)'\n') + 1}:{before.Length - before.LastIndexOf((byte)'\n')}";
    }

    // The length of a pipe is not known, and that of a file may change: read until nothing comes or the limit is passed.
    private static InputFile Read(string path, FileStream stream)
    {
        var known = stream.CanSeek ? stream.Length : 0;
        if (known > MostBytes) throw TooLarge(path);
        var bytes = GC.AllocateUninitializedArray<byte>(known > 0 ? (int)known + 1 : FirstBuffer);
        var length = 0;
        while (stream.Read(bytes, length, bytes.Length - length) is > 0 and var read)
        {
            length += read;
            if (length > MostBytes) throw TooLarge(path);
            if (length == bytes.Length) bytes = Grow(bytes);
        }

        return new InputFile(path, bytes, length);
    }

    private static byte[] Grow(byte[] bytes)
    {
        var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(bytes.Length * 2L, MostBytes + 1L));
        bytes.CopyTo(larger, 0);
        return larger;
    }

    private static BadInputException TooLarge(string path) =>
        new($"{path}: is larger than 256 MB; put the source and the lookups into files of their own and name them (--source, --lookups)");

    private void CheckEncoding()
    {
        if (Span is [0xEF, 0xBB, 0xBF, ..]) throw new BadInputException($"{Name}: begins with a byte order mark; JSON is UTF-8 without one (RFC 8259)");
        if (Span is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..]) throw new BadInputException($"{Name}: is UTF-16 or UTF-32; JSON is UTF-8 (RFC 8259)");
        if (Length == 0) throw new BadInputException($"{Name}: is empty; it must hold a JSON object");
        if (Utf8.IsValid(Span)) return;
        throw new BadInputException($"{At(Utf8Fault.Find(Span))}: not valid UTF-8; JSON is UTF-8 (RFC 8259)");
    }
}
