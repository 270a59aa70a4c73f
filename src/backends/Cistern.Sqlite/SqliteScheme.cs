namespace Cistern;

/// <summary>
/// Addresses of SQLite databases: <c>sqlite:cache.db?max-size=100MB&amp;durability=full</c>, and <c>sqlite::memory:</c> for one that ends with the
/// backend. The location is a path as it is written, with nothing decoded in it; options are the bounds <c>capacity</c> and <c>max-size</c>, then
/// <c>durability</c> (normal, full), <c>busy-timeout</c> and <c>read-only</c>.
/// </summary>
public sealed class SqliteScheme : BackendScheme, IVerifiableScheme
{
    private SqliteScheme() : base("sqlite", ["capacity", "max-size", "durability", "busy-timeout", "read-only"])
    {
    }

    /// <summary>The scheme.</summary>
    public static SqliteScheme Instance { get; } = new();

    /// <inheritdoc/>
    public override ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        var (path, options) = Read(address, opening);
        cancellationToken.ThrowIfCancellationRequested();
        if ((opening.MustExist || options.IsReadOnly) && path != DatabaseFile.InMemory && !Path.Exists(path)) throw new CacheBackendException($"{DatabaseFile.Show(path)} is not there.");
        return new(SqliteBackend.Open(path, options));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> FilesOf(BackendAddress address, BackendOpening opening)
    {
        var (path, _) = Read(address, opening);
        return path == DatabaseFile.InMemory ? [] : DatabaseFile.AllOf(path);
    }

    /// <inheritdoc/>
    public ValueTask<BackendVerification> VerifyAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken = default)
    {
        var (path, options) = Read(address, opening);
        if (path == DatabaseFile.InMemory) throw new FormatException("a database in memory cannot be checked: it begins empty");
        cancellationToken.ThrowIfCancellationRequested();
        return new(SqliteBackend.Verify(path, options.BusyTimeout));
    }

    private static (string Path, SqliteBackendOptions Options) Read(BackendAddress address, BackendOpening opening)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(opening);
        if (address.Scheme != "sqlite") throw new FormatException($"{address.Scheme}: is not an address of a SQLite database");
        if (address.Location.Length == 0) throw new FormatException("sqlite: needs a path, as in sqlite:cache.db, or sqlite::memory:");
        var isInMemory = address.Location == DatabaseFile.InMemory;
        if (isInMemory && address.FlagOf("read-only")) throw new FormatException("a database in memory begins empty: it cannot be read only");
        var defaults = new SqliteBackendOptions();
        return (isInMemory ? address.Location : opening.FullPath(address.Location), defaults with
        {
            Capacity = address.WholeOf("capacity", 1),
            MaxSizeBytes = address.BytesOf("max-size"),
            Durability = address.ChoiceOf("durability", ("normal", SqliteDurability.Normal), ("full", SqliteDurability.Full)) ?? defaults.Durability,
            BusyTimeout = address.DurationOf("busy-timeout") ?? defaults.BusyTimeout,
            IsReadOnly = !isInMemory && (opening.IsReadOnly || address.FlagOf("read-only")),
            TimeProvider = opening.TimeProvider,
        });
    }
}
