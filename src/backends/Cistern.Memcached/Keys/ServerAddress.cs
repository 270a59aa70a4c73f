namespace Cistern;

/// <summary>Where a server listens.</summary>
/// <param name="Host">Its name or IP address, without brackets.</param>
/// <param name="Port">Its port.</param>
internal readonly record struct ServerAddress(string Host, int Port)
{
    /// <summary>As errors show it.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
