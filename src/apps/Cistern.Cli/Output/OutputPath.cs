namespace Cistern.Cli;

/// <summary>Where a file will be written, checked before anything runs. Immutable.</summary>
internal sealed record OutputPath
{
    private OutputPath(string shown, FilePlace place)
    {
        Shown = shown;
        Place = place;
    }

    /// <summary>The path as it was given.</summary>
    public string Shown { get; }

    /// <summary>Where it is.</summary>
    public FilePlace Place { get; }

    /// <inheritdoc cref="FilePlace.Full"/>
    public string Full => Place.Full;

    /// <summary>Whether something is there that is not a file with a length: a device, a pipe. It cannot be replaced, only written to.</summary>
    public bool IsStream => Place.Identity is { IsRegular: false };

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
            var output = new OutputPath(path, FilePlace.Of(path));
            if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path)) throw new BadInputException($"{path}: is a folder; {option} must name a file");
            CheckParent(path, output.Full, option);
            if (output.Place.Identity is { } there && NativeFile.Identify("/dev/stdout") is { } standard && there.IsSame(standard)) return output with { IsStandardOutput = true };
            if (!output.IsStream && File.Exists(output.Full)) CheckWritable(output.Full);
            return output;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadInputException($"{path}: cannot be written: {SystemFault.Explain(error)}", error);
        }
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
