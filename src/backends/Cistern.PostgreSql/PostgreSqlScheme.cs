using Npgsql;

namespace Cistern;

/// <summary>
/// Addresses of PostgreSQL databases: <c>postgres://user:secret@host:5432/database?table=cache</c>. User, password and database are percent-encoded where they have signs of an address in them;
/// a password that is left out comes from <c>PGPASSWORD</c> or the password file. <c>postgresql:</c> is the same. Options are <c>table</c>, <c>schema</c>, <c>logged</c> and <c>create</c>
/// (true, false), <c>timeout</c>, <c>connections</c>, <c>max-value</c>, <c>tls</c> (disable, prefer, require, verify-full), and with verify-full <c>ca</c>: a file with the certificates (PEM) to trust instead of
/// the system's.
/// </summary>
public sealed class PostgreSqlScheme : BackendScheme
{
    private PostgreSqlScheme(string name) : base(name, ["table", "schema", "logged", "create", "timeout", "connections", "max-value", "tls", "ca"])
    {
    }

    /// <summary>Addresses that begin with <c>postgres:</c>.</summary>
    public static PostgreSqlScheme Instance { get; } = new("postgres");

    /// <summary>Addresses that begin with <c>postgresql:</c>.</summary>
    public static PostgreSqlScheme LongInstance { get; } = new("postgresql");

    /// <inheritdoc/>
    public override async ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(opening);
        if (address.Scheme != Name) throw new FormatException($"{address.Scheme}: is not an address of a PostgreSQL database");
        var connection = DatabaseLocation.Read(address.Location);
        SetTls(address, opening, connection);
        return await PostgreSqlBackend.OpenAsync(connection.ConnectionString, ReadOptions(address, opening), cancellationToken).ConfigureAwait(false);
    }

    private static void SetTls(BackendAddress address, BackendOpening opening, NpgsqlConnectionStringBuilder connection)
    {
        connection.SslMode = address.ChoiceOf("tls", ("disable", SslMode.Disable), ("prefer", SslMode.Prefer), ("require", SslMode.Require), ("verify-full", SslMode.VerifyFull)) ?? SslMode.Prefer;
        if (!address.Options.TryGetValue("ca", out var path)) return;
        if (connection.SslMode != SslMode.VerifyFull) throw new FormatException("ca needs tls=verify-full: otherwise no certificate is looked at");
        connection.RootCertificate = opening.FullPath(path);
        try
        {
            Authorities.Load(connection.RootCertificate);
        }
        catch (IOException fault)
        {
            throw new FormatException($"ca must be a file of certificates (PEM): {fault.Message}", fault);
        }
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
            MaxConnections = (int)Math.Min(int.MaxValue, address.WholeOf("connections", 1) ?? defaults.MaxConnections),
            MaxValueBytes = address.BytesOf("max-value") ?? defaults.MaxValueBytes,
            TimeProvider = opening.TimeProvider,
        };
        try
        {
            return options.Check();
        }
        catch (ArgumentOutOfRangeException fault)
        {
            throw new FormatException(fault.ParamName switch
            {
                nameof(PostgreSqlBackendOptions.MaxValueBytes) => $"max-value must be from 1 to {PostgreSqlBackendOptions.LongestPostgreSqlValue} bytes",
                nameof(PostgreSqlBackendOptions.MaxConnections) => $"connections must be a whole number from 1 to {PostgreSqlBackendOptions.MostConnections}",
                _ => "timeout must be from 10 ms to 24 days",
            }, fault);
        }
    }

    private static string? NameOf(BackendAddress address, string option)
    {
        if (!address.Options.TryGetValue(option, out var name)) return null;
        return TableName.Explain(name) is null ? name : throw new FormatException($"{option} must be a name of 1 to 63 bytes");
    }
}
