using Npgsql;

namespace Cistern;

/// <summary>What the faults of a server mean for the call that met them.</summary>
internal static class ServerFaults
{
    /// <summary>Whether the transaction lost against another one and was rolled back whole: nothing happened, and it may be tried again.</summary>
    public static bool IsConflict(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Whether the connection was lost on the way, or the server is ending: whether the call happened is unknown.</summary>
    public static bool IsLostConnection(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        PostgresException => false,
        NpgsqlException lost => lost.InnerException is IOException or System.Net.Sockets.SocketException,
        _ => false,
    };

    /// <summary>Whether this is a fault of the database, and not of the code here or of the caller.</summary>
    public static bool IsFault(Exception fault) => fault is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException;

    /// <summary>What may be told of a fault. Neither Npgsql nor the server say a password.</summary>
    public static string Describe(Exception fault) => fault switch
    {
        PostgresException said => said.MessageText,
        NpgsqlException { InnerException: { } inner } outer when outer is not PostgresException => $"{outer.Message}: {inner.Message}",
        _ => fault.Message,
    };
}
