namespace Cistern.Cli;

/// <summary>
/// Where a file is or would be, whatever name leads there. Of a file that is there, the file system knows which it is; of one that is not yet, the
/// deepest folder that is there, and the names below it. Immutable.
/// </summary>
internal sealed record FilePlace
{
    private readonly FileIdentity? _file;
    private readonly FileIdentity? _folder;
    private readonly string _below;

    private FilePlace(string full, FileIdentity? file)
    {
        Full = full;
        _file = file;
        var folder = Path.GetDirectoryName(full);
        while (folder is not null && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder);
        _folder = folder is null ? null : NativeFile.Identify(folder);
        _below = folder is null ? full : Path.GetRelativePath(folder, full);
    }

    /// <summary>The full path of the file itself, behind symbolic links.</summary>
    public string Full { get; }

    /// <summary>The file that is there; null: none yet, or the system does not tell.</summary>
    public FileIdentity? Identity => _file;

    /// <summary>Finds the place behind a path.</summary>
    /// <exception cref="IOException">Links lead in a circle, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Links cannot be read.</exception>
    public static FilePlace Of(string path) => new(FollowLinks(Path.GetFullPath(path)), NativeFile.Identify(path));

    /// <summary>Whether two are one file. What has no length (a device, a pipe) has no content to lose, and is never the same.</summary>
    public bool IsSame(FilePlace other)
    {
        if (_file is { IsRegular: false } || other._file is { IsRegular: false }) return false;
        if (Full == other.Full) return true;
        if (_file is { } mine && other._file is { } theirs) return mine.IsSame(theirs);
        if (_file is not null || other._file is not null || _below != other._below) return false;
        return _folder is { } folder && other._folder is { } another && folder.IsSame(another);
    }

    // What a link in /proc says need not be a path (pipe:[123]): then the link itself is the only name there is.
    private static string FollowLinks(string full)
    {
        if (new FileInfo(full).LinkTarget is null || File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName is not { } target) return full;
        return File.Exists(full) && !File.Exists(target) ? full : target;
    }
}
