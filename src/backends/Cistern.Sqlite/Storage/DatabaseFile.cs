namespace Cistern;

/// <summary>The file of a database: where it is, and that only its owner may read it.</summary>
internal static class DatabaseFile
{
    /// <summary>The location that is no file: a database in memory, which ends with the backend.</summary>
    public const string InMemory = ":memory:";

    private static readonly Lock Creating = new();

    /// <summary>The absolute path of a location; null for a database in memory. Absolute, so that SQLite can take no name for a URI.</summary>
    /// <exception cref="ArgumentException">It is no path.</exception>
    public static string? Resolve(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path == InMemory ? null : Path.GetFullPath(path);
    }

    /// <summary>
    /// Creates the file where there is none, readable and writable by its owner only; SQLite gives the files beside it the same mode. A
    /// symbolic link that leads nowhere creates nothing.
    /// </summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static void CreateIfAbsent(string path)
    {
        // Only a new file is ever opened here, and closed before anyone else here looks for it: closing a second descriptor of an open database would
        // drop all of SQLite's locks on it in this process.
        lock (Creating)
        {
            if (!File.Exists(path)) Create(path);
        }
    }

    /// <summary>The names of a database and of what SQLite keeps beside it, the database's first. Like SQLite, behind a link.</summary>
    public static IReadOnlyList<string> AllOf(string path)
    {
        var file = FollowLink(path);
        return [file, file + "-wal", file + "-shm", file + "-journal"];
    }

    /// <summary>A path, or a message that may hold one, as an error may show it: without what a terminal or a log would act on.</summary>
    public static string Show(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.Format
            ? $"\\u{(int)character:x4}"
            : character.ToString()));

    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try { new FileStream(path, options).Dispose(); }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster.
        }
    }

    private static string FollowLink(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Nothing is there, or links lead in a circle.
            return path;
        }
    }
}
