using Npgsql;

namespace Cistern;

/// <summary>
/// Addresses of PostgreSQL databases: <c>postgres://user:secret@host:5432/database?table=cache</c>. User, password and database are percent-encoded where they have signs of an address in them;
/// a password that is left out comes from <c>PGPASSWORD</c> or the password file. Options are <c>table</c>, <c>schema</c>, <c>logged</c> and <c>create</c> (true, false), <c>timeout</c>
/// and <c>tls</c> (disable, prefer, require, verify-full).
/// </summary>
public sealed class PostgreSqlScheme : BackendScheme
{
    private PostgreSqlScheme() : base("postgres", ["table", "schema", "logged", "create", "timeout", "tls"])
    {
    }

    /// <summary>The scheme.</summary>
    public static PostgreSqlScheme Instance { get; } = new();

    /// <inheritdoc/>
    public override async ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(opening);
        if (address.Scheme != Name) throw new FormatException($"{address.Scheme}: is not an address of a PostgreSQL database");
        var connection = DatabaseLocation.Read(address.Location);
        connection.SslMode = address.ChoiceOf("tls", ("disable", SslMode.Disable), ("prefer", SslMode.Prefer), ("require", SslMode.Require), ("verify-full", SslMode.VerifyFull)) ?? SslMode.Prefer;
        return await PostgreSqlBackend.OpenAsync(connection.ConnectionString, ReadOptions(address, opening), cancellationToken).ConfigureAwait(false);
    }

    private static PostgreSqlBackendOptions ReadOptions(BackendAddress address, BackendOpening opening)
    {
        var defaults = new PostgreSqlBackendOptions();
        var options = defaults with
        {
            Table = NameOf(address, "table") ?? defaults.Table,
            Schema = NameOf(address, "schema"),
            IsLogged = address.FlagOf("logged"),
            CreateTable = (address.ChoiceOf("create", ("true", true), ("false", false)) ?? true) && !opening.MustExist && !opening.IsReadOnly,
            Timeout = address.DurationOf("timeout") ?? defaults.Timeout,
            TimeProvider = opening.TimeProvider,
        };
        try
        {
            return options.Check();
        }
        catch (ArgumentOutOfRangeException fault)
        {
            throw new FormatException("timeout must be from 10 ms to 24 days", fault);
        }
    }

    private static string? NameOf(BackendAddress address, string option)
    {
        if (!address.Options.TryGetValue(option, out var name)) return null;
        return TableName.Explain(name) is null ? name : throw new FormatException($"{option} must be a name of 1 to 63 bytes");
    }
}
