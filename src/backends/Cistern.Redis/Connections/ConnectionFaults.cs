using System.Net;
using StackExchange.Redis;

namespace Cistern;

/// <summary>What a user is told of a connection that cannot be made.</summary>
internal static class ConnectionFaults
{
    /// <summary>A server, as its users write it.</summary>
    public static string Show(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        IPEndPoint address => address.ToString(),
        _ => endPoint.ToString() ?? "a server",
    };

    /// <summary>Why, in one line.</summary>
    public static string Explain(Exception fault) => fault switch
    {
        TimeoutException => "nobody answered in time.",
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => $"the password was refused, or is missing. {fault.Message}",
        _ => fault.Message,
    };
}
