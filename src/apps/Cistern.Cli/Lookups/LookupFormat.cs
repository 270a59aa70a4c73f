namespace Cistern.Cli;

/// <summary>How a file holds lookups.</summary>
internal enum LookupFormat
{
    /// <summary>One key a line. Empty lines are skipped: to look the empty key up, use another format.</summary>
    Plain,

    /// <summary>One JSON object a line, with <c>key</c> and perhaps <c>t</c>; other fields are ignored. Blank lines are skipped.</summary>
    JsonLines,

    /// <summary>CSV with a header, which has <c>key</c> and perhaps <c>t</c>; other columns are ignored.</summary>
    Csv,
}
