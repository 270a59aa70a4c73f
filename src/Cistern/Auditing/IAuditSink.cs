namespace Cistern;

/// <summary>Keeps every audit entry, beyond what the capped log in memory holds.</summary>
public interface IAuditSink
{
    /// <summary>
    /// Receives one entry, in order, once it is final: an entry with a count comes when something else happens after it, or when the log is
    /// flushed. Never called concurrently. What it throws is lost: an audit that cannot be written does not stop a cache.
    /// </summary>
    /// <param name="entry">The entry.</param>
    void Write(AuditEntry entry);
}
