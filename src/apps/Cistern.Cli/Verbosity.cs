namespace Cistern.Cli;

/// <summary>How much is said on standard error. Errors always are.</summary>
internal enum Verbosity
{
    /// <summary>Progress, a table, and what was written.</summary>
    Normal,

    /// <summary>Nothing.</summary>
    Quiet,

    /// <summary>Also every decision as it is made.</summary>
    Verbose,
}
