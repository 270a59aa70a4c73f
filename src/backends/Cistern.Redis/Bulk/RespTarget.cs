namespace Cistern;

/// <summary>A server to send to.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
internal readonly record struct RespTarget(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, as a cluster's servers tell of one another; null: it is something else.</summary>
    public static RespTarget? TryParse(ReadOnlySpan<char> text)
    {
        var colon = text.LastIndexOf(':');
        return colon >= 0 && int.TryParse(text[(colon + 1)..], out var port) ? new RespTarget(text[..colon].ToString(), port) : null;
    }
}
