namespace Cistern.Cli;

/// <summary>How keys are listed.</summary>
internal enum KeyFormat
{
    /// <summary>One a line, as they are; a key with a line end is escaped, as it would look like two.</summary>
    Lines,

    /// <summary>One a line; whatever could lie on a terminal is escaped.</summary>
    TerminalLines,

    /// <summary>As they are, each with NUL after it.</summary>
    Separated,

    /// <summary>One JSON array of strings.</summary>
    Json,
}
