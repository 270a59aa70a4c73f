using Npgsql;

namespace Cistern;

/// <summary>Makes a caller's connection string one for this backend.</summary>
internal static class ConnectionSettings
{
    // A moment later than the server ends a statement, so that it is the server who ends it, and the connection stays whole, if only the server is well.
    private const double Grace = 1.03;

    private const int MostSeconds = 1024;
    private const int KeptStatements = 64;
    private const int KeepAliveSeconds = 10;

    /// <summary>How long a call waits that may take a time.</summary>
    public static TimeSpan Patience(TimeSpan timeout) => TimeSpan.FromMilliseconds(Math.Min(int.MaxValue, timeout.TotalMilliseconds * Grace));

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="ArgumentException">It is malformed. The message has no part of it, which could be a part of a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return TryParse(connectionString) ?? throw new ArgumentException("The connection string is malformed, or has a setting that Npgsql does not know.", nameof(connectionString));
    }

    /// <summary>Settles what this backend must be sure of.</summary>
    public static NpgsqlDataSource CreateSource(NpgsqlConnectionStringBuilder connection, PostgreSqlBackendOptions options)
    {
        var milliseconds = (long)Math.Ceiling(options.Timeout.TotalMilliseconds);
        var settings = new NpgsqlConnectionStringBuilder(connection.ConnectionString)
        {
            // The backend has its own timeout for all of a call; Npgsql's would try to cancel at the server first, and wait for one that hangs.
            CommandTimeout = 0,

            // A moment later than a call is out of time: opening does not always end when it is told to, and nobody else would close what has begun.
            Timeout = (int)Math.Clamp(Math.Ceiling(Patience(options.Timeout).TotalSeconds) + 1, 1, MostSeconds),
            MaxPoolSize = options.MaxConnections,
            MinPoolSize = 0,
            MaxAutoPrepare = KeptStatements,
            AutoPrepareMinUsages = 2,

            // Nothing that these connections do outlives its transaction, so there is nothing to reset.
            NoResetOnClose = true,
            Enlist = false,
            Multiplexing = false,
            IncludeErrorDetail = false,
            ApplicationName = connection.ApplicationName ?? "cistern",

            // A connection that was left behind has nothing under way that would fail: without this it would be waited on for ever, when its host is gone.
            TcpKeepAlive = true,
            TcpKeepAliveTime = connection.TcpKeepAliveTime > 0 ? connection.TcpKeepAliveTime : KeepAliveSeconds,
            TcpKeepAliveInterval = connection.TcpKeepAliveInterval > 0 ? connection.TcpKeepAliveInterval : KeepAliveSeconds,

            // Where this process is gone, and the server does not know: what it has locked is free again.
            Options = $"{connection.Options} -c statement_timeout={milliseconds} -c idle_in_transaction_session_timeout={milliseconds}".Trim(),
        };
        var builder = ServerIdentity.Begin(settings);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        return builder.Build();
    }

    private static NpgsqlConnectionStringBuilder? TryParse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return null;
        }
    }
}
