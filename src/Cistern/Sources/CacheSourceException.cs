namespace Cistern;

/// <summary>A source could not be read: it failed, timed out, or holds something that is not an entry. Never thrown for a key that the source does not have.</summary>
public sealed class CacheSourceException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public CacheSourceException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What failed: where, what, and what is allowed. Holds no secret and no value.</param>
    public CacheSourceException(string message) : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">What failed: where, what, and what is allowed. Holds no secret and no value.</param>
    /// <param name="innerException">The fault as the source gave it.</param>
    public CacheSourceException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
