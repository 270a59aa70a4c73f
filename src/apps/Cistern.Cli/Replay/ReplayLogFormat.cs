namespace Cistern.Cli;

/// <summary>How a log holds requests.</summary>
internal enum ReplayLogFormat
{
    /// <summary>One key a line. Empty lines are skipped.</summary>
    Lines,

    /// <summary>CSV with a header, which names <c>key</c> and perhaps <c>size</c>; other columns are ignored.</summary>
    CsvWithHeader,

    /// <summary>CSV without a header; the columns are <c>time</c>, <c>key</c>, <c>size</c>.</summary>
    Csv,
}
