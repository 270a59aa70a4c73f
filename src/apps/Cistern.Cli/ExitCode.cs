namespace Cistern.Cli;

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It ran, and something failed on the way; the summary says what.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage, bad input, or an output that cannot be written. No output was changed.</summary>
    public const int BadInput = 2;

    /// <summary>Interrupted (128 + SIGINT). No output was changed.</summary>
    public const int Interrupted = 130;

    /// <summary>Terminated (128 + SIGTERM). No output was changed.</summary>
    public const int Terminated = 143;
}
