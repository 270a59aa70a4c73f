namespace Cistern;

/// <summary>
/// A backend could not do what it was asked: its file, server or connection failed. Never thrown for a miss, and never for bad input.
/// Whether a write that failed this way happened is unknown.
/// </summary>
public sealed class CacheBackendException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public CacheBackendException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What failed. Holds no secret and no value.</param>
    public CacheBackendException(string message) : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">What failed. Holds no secret and no value.</param>
    /// <param name="innerException">The fault as the backend's own library gave it.</param>
    public CacheBackendException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
