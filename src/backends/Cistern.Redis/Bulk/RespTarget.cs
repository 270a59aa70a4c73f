using System.Net;

namespace Cistern;

/// <summary>A server to send to.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
internal readonly record struct RespTarget(string Host, int Port)
{
    /// <summary>Whether a cluster's server says a host. It says nothing or a question mark where it does not know its own, or shall not say it: then it is where it was asked.</summary>
    public static bool IsHost(string text) => text is not ("" or "?");

    /// <summary>Reads <c>host:port</c>, as a cluster's servers tell of one another; null: it is something else.</summary>
    public static RespTarget? TryParse(ReadOnlySpan<char> text)
    {
        var colon = text.LastIndexOf(':');
        return colon >= 0 && int.TryParse(text[(colon + 1)..], out var port) ? new RespTarget(text[..colon].ToString(), port) : null;
    }

    /// <summary>The server at an end point.</summary>
    /// <exception cref="ArgumentException">It is no host and port.</exception>
    public static RespTarget Of(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => new RespTarget(dns.Host, dns.Port),
        IPEndPoint address => new RespTarget(address.Address.ToString(), address.Port),
        _ => throw new ArgumentException($"{endPoint} is no host and port.", nameof(endPoint)),
    };

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
