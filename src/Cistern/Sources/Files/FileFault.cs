namespace Cistern;

/// <summary>The errors of files: which file, where, what is wrong, what is allowed.</summary>
internal static class FileFault
{
    public const string DuplicateKey = "This key appears twice; a key may appear once.";

    public static CacheSourceException At(string name, long line, long byteInLine, string reason) => new($"{name}: line {line}, byte {byteInLine}: {reason}");

    public static CacheSourceException Changed(string name) => new($"{name}: The file changed while in use; open it again.");

    public static CacheSourceException Unreadable(string name, IOException error) => new($"{name}: The file cannot be read: {error.Message}", error);
}
