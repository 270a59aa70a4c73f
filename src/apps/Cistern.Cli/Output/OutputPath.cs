namespace Cistern.Cli;

/// <summary>Where a file will be written, checked before anything runs. Immutable.</summary>
internal sealed record OutputPath
{
    private OutputPath(string shown, string full, FileIdentity? identity)
    {
        Shown = shown;
        Full = full;
        Identity = identity;
    }

    /// <summary>The path as it was given.</summary>
    public string Shown { get; }

    /// <summary>The full path of the file itself, behind symbolic links.</summary>
    public string Full { get; }

    /// <summary>The file that is there; null: none yet, or the system does not tell.</summary>
    public FileIdentity? Identity { get; }

    /// <summary>Whether something is there that is not a file with a length: a device, a pipe. It cannot be replaced, only written to.</summary>
    public bool IsStream => Identity is { IsRegular: false };

    /// <summary>Whether it is where standard output goes already.</summary>
    public bool IsStandardOutput { get; private init; }

    /// <summary>Checks a path; what cannot be an output is told as bad input.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="option">The option that gave it.</param>
    public static OutputPath Check(string path, string option)
    {
        if (path.Length == 0 || path.Contains('\0')) throw new BadInputException($"{option}: must name a file");
        try
        {
            var full = FollowLinks(Path.GetFullPath(path));
            if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path)) throw new BadInputException($"{path}: is a folder; {option} must name a file");
            CheckParent(path, full, option);
            var output = new OutputPath(path, full, NativeFile.Identify(path));
            if (output.Identity is { } there && NativeFile.Identify("/dev/stdout") is { } standard && there.IsSame(standard)) return output with { IsStandardOutput = true };
            if (!output.IsStream && File.Exists(full)) CheckWritable(full);
            return output;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadInputException($"{path}: cannot be written: {SystemFault.Explain(error)}", error);
        }
    }

    /// <summary>Whether two outputs are one file.</summary>
    public bool IsSame(OutputPath other) => IsSame(other.Full, other.Identity);

    /// <summary>Whether this and a file that is read are one.</summary>
    public bool IsSame(string inputPath) => IsSame(FollowLinks(Path.GetFullPath(inputPath)), NativeFile.Identify(inputPath));

    // Of two that are there, the file system knows; of two that are not yet, the name in the folder decides, and the file system knows the folder.
    private bool IsSame(string full, FileIdentity? identity)
    {
        if (IsStream) return false;
        if (Full == full) return true;
        if (Identity is { } mine && identity is { } theirs) return mine.IsSame(theirs);
        if (Identity is not null || identity is not null || Path.GetFileName(Full) != Path.GetFileName(full)) return false;
        return NativeFile.Identify(Path.GetDirectoryName(Full)!) is { } folder && NativeFile.Identify(Path.GetDirectoryName(full)!) is { } other && folder.IsSame(other);
    }

    // What a link in /proc says need not be a path (pipe:[123]): then the link itself is the only name there is.
    private static string FollowLinks(string full)
    {
        if (new FileInfo(full).LinkTarget is null || File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName is not { } target) return full;
        return File.Exists(full) && !File.Exists(target) ? full : target;
    }

    private static void CheckParent(string path, string full, string option)
    {
        var folder = Path.GetDirectoryName(full);
        while (folder is not null && !Directory.Exists(folder))
        {
            if (File.Exists(folder)) throw new BadInputException($"{path}: cannot be written: {folder} is a file, not a folder; {option} must name a file in a folder");
            folder = Path.GetDirectoryName(folder);
        }
    }

    // Replacing a file asks only for its folder; somebody who made the file read-only meant it all the same.
    private static void CheckWritable(string full)
    {
        using var file = File.OpenHandle(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }
}
