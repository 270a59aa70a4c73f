namespace Cistern;

/// <summary>A server could not be reached, did not answer, or answered what no memcached server says. Holds no key and no value.</summary>
internal sealed class MemcachedFaultException : Exception
{
    public MemcachedFaultException()
    {
    }

    public MemcachedFaultException(string message) : base(message)
    {
    }

    public MemcachedFaultException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    /// <summary>Whether what answers cannot be used as it is, so that waiting does not help.</summary>
    public bool IsMistake { get; init; }
}
