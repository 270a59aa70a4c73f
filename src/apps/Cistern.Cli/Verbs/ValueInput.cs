namespace Cistern.Cli;

/// <summary>A value that comes from a stream: read as far as somebody has room for it.</summary>
internal sealed class ValueInput(Stream stream) : IDisposable
{
    /// <summary>As much as is read before anybody is asked how much may come.</summary>
    public const long FirstBytes = 64L * 1024 * 1024;

    private const string StandardInput = "-";
    private const int FirstBuffer = 64 * 1024;

    private byte[] _bytes = new byte[FirstBuffer];
    private int _length;

    /// <summary>The most bytes that one array holds.</summary>
    public static long MostBytes => Array.MaxLength - 1;

    /// <summary>Whether the end was reached.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Value => _bytes.AsMemory(0, _length);

    /// <summary>Opens a file or standard input.</summary>
    /// <param name="path">The file; <c>-</c> is standard input.</param>
    /// <param name="option">The option that gave it.</param>
    /// <param name="console">Where standard input is.</param>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public static ValueInput Open(string path, string option, ConsoleStreams console)
    {
        if (path == StandardInput) return new ValueInput(console.OpenInput());
        if (path.Length == 0 || path.Contains('\0')) throw new BadInputException($"{option}: must name a file, or be - for standard input");
        if (Directory.Exists(path)) throw new BadInputException($"{path}: is a folder; {option} must name a file");
        try
        {
            return new ValueInput(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"{path}: no such file; {option} must name one", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{path}: cannot be read: {SystemFault.Explain(error)}", error);
        }
    }

    /// <summary>Reads on until the end, or until there is more than a number of bytes.</summary>
    /// <param name="most">That number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task ReadAsync(long most, CancellationToken cancellationToken)
    {
        var limit = Math.Min(most, MostBytes);
        while (!IsWhole && _length <= limit)
        {
            if (_length == _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(_bytes.Length * 2L, Array.MaxLength));

            // Standard input knows no cancellation: it is left alone instead.
            var read = await Task.Run(() => stream.Read(_bytes, _length, _bytes.Length - _length), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            _length += read;
            IsWhole = read == 0;
        }
    }

    public void Dispose() => stream.Dispose();
}
