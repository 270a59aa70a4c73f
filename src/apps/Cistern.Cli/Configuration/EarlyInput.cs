namespace Cistern.Cli;

/// <summary>
/// A large configuration that another thread begins to read before the arguments are understood, which takes about as long; a rehearsal of
/// the run (<see cref="WarmUp"/>) follows while the configuration is parsed. Whether it is wanted turns out later.
/// </summary>
internal sealed class EarlyInput
{
    private const string Option = "--input";

    // A smaller one is read sooner than a thread is woken.
    private const int LeastBytes = 4 * 1024 * 1024;

    private readonly string _path;
    private readonly Task<InputFile> _reading;

    private EarlyInput(string path)
    {
        _path = path;
        _reading = Task.Run(() => InputFile.Read(path));
        _ = _reading.ContinueWith(static _ => WarmUp.RunAsync(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    /// <summary>Begins, if the arguments look like naming a large file and there is a processor to spare; else null.</summary>
    public static EarlyInput? Begin(string[] args)
    {
        if (args is not ["backfill", ..] || Environment.ProcessorCount == 1) return null;
        var option = Array.IndexOf(args, Option);
        return option >= 0 && option + 1 < args.Length && IsLarge(args[option + 1]) ? new EarlyInput(args[option + 1]) : null;
    }

    /// <summary>The configuration; null when it is another one that was begun.</summary>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public InputFile? Take(string path) => path == _path ? _reading.GetAwaiter().GetResult() : null;

    private static bool IsLarge(string path)
    {
        try { return new FileInfo(path) is { Exists: true, Length: >= LeastBytes }; }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException) { return false; }
    }
}
