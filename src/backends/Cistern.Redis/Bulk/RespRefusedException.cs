namespace Cistern;

/// <summary>The server is there, and does not let a connection of our own in, or we do not trust it.</summary>
internal sealed class RespRefusedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it is the certificate that is not trusted.</summary>
    public bool IsOfTheCertificate => InnerException is not null;
}
