namespace Cistern.Cli;

/// <summary>Every kind of backend that the program can open: the place that knows the packages.</summary>
internal static class KnownSchemes
{
    public static BackendSchemes All { get; } = new(
        FileScheme.Instance,
        MemcachedScheme.Instance,
        PostgreSqlScheme.Instance,
        PostgreSqlScheme.LongInstance,
        RedisScheme.Instance,
        RedisScheme.TlsInstance,
        SqliteScheme.Instance);
}
