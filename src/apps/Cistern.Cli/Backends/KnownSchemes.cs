namespace Cistern.Cli;

/// <summary>Every kind of backend that the program can open: the place that knows the packages.</summary>
internal static class KnownSchemes
{
    public static BackendSchemes All { get; } = new(FileScheme.Instance, SqliteScheme.Instance, PostgreSqlScheme.Instance);
}
