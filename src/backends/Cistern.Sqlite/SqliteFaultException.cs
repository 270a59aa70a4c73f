namespace Cistern;

/// <summary>What SQLite itself said when it could not do something: the cause inside a <see cref="CacheBackendException"/>.</summary>
public sealed class SqliteFaultException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public SqliteFaultException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What SQLite said.</param>
    public SqliteFaultException(string message) : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">What SQLite said.</param>
    /// <param name="innerException">The cause.</param>
    public SqliteFaultException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    /// <summary>Creates an exception with SQLite's own code.</summary>
    /// <param name="message">What SQLite said.</param>
    /// <param name="resultCode">The extended result code.</param>
    public SqliteFaultException(string message, int resultCode) : base(message) => ResultCode = resultCode;

    /// <summary>SQLite's extended result code, as listed at https://sqlite.org/rescode.html; the plain code is its lowest byte. 0: none.</summary>
    public int ResultCode { get; }
}
