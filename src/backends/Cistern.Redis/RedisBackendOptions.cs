using System.Net.Security;
using System.Text;

namespace Cistern;

/// <summary>The keys, limits and clock of a Redis backend. Immutable.</summary>
public sealed record RedisBackendOptions
{
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(365);

    private const long LongestRedisValue = 512L * 1024 * 1024 - 64 * 1024;

    /// <summary>What the backend is called in statistics and errors. Default "redis".</summary>
    public string Name { get; init; } = "redis";

    /// <summary>
    /// What every key begins with on the server, at most 1 KB of UTF-8. Default: nothing. A backend sees, lists and clears the keys of its prefix
    /// only, so that several may share one database.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>The number of the database, 0 or more; null (the default): the connection's own, which is 0 unless it says otherwise. A cluster has only 0.</summary>
    public int? Database { get; init; }

    /// <summary>How long a call waits for the server, in real time whatever <see cref="TimeProvider"/> says; a batch, a listing and a clear wait so long for each step. Default 5 s, at least 1 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most bytes a value may have, 1 to 511 MB. Default 64 MB. A longer one is <see cref="SetOutcome.TooLarge"/>.</summary>
    public long MaxValueBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long the version of a deleted key is remembered. Default 60 s.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How much longer than an entry the server keeps its key: entries end by <see cref="TimeProvider"/>, and the server only sweeps. As much may clocks differ
    /// before an entry ends too early. Default 60 s, 0 to 365 days.
    /// </summary>
    public TimeSpan ServerGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Decides whether a server's certificate is trusted, for every connection of the backend that it makes itself. Null (the default): as the system does. A callback of
    /// the <c>ConfigurationOptions</c> counts for the multiplexer's connections only.
    /// </summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>The clock. Null (the default): <see cref="TimeProvider.System"/>. Processes that share a server should share a clock, too.</summary>
    public TimeProvider? TimeProvider { get; init; }

    internal long TombstoneMilliseconds => (long)Math.Ceiling(TombstoneRetention.TotalMilliseconds);

    internal long GraceMilliseconds => (long)Math.Ceiling(ServerGrace.TotalMilliseconds);

    /// <summary>The milliseconds until the server may forget an entry's key; null: never.</summary>
    internal long? ServerMilliseconds(in EntryDraft draft) => draft.ExpiresAtMilliseconds - draft.CreatedAtMilliseconds + GraceMilliseconds;

    internal RedisBackendOptions Check()
    {
        const int LongestPrefix = 1024;
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentNullException.ThrowIfNull(Prefix);
        if (CacheKey.Explain(Prefix) is { } reason) throw new ArgumentException($"A prefix is the beginning of a key. {reason}", nameof(Prefix));
        if (Encoding.UTF8.GetByteCount(Prefix) > LongestPrefix) throw new ArgumentException($"Must be at most {LongestPrefix} bytes of UTF-8.", nameof(Prefix));
        if (Database < 0) throw new ArgumentOutOfRangeException(nameof(Database), Database, "Must be 0 or more.");
        if (Timeout < TimeSpan.FromMilliseconds(1) || Timeout > TimeSpan.FromDays(1)) throw new ArgumentOutOfRangeException(nameof(Timeout), Timeout, "Must be 1 ms to a day.");
        if (MaxValueBytes is < 1 or > LongestRedisValue) throw new ArgumentOutOfRangeException(nameof(MaxValueBytes), MaxValueBytes, $"Must be 1 to {LongestRedisValue}.");
        if (TombstoneRetention <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(TombstoneRetention), TombstoneRetention, "Must be greater than zero.");
        if (ServerGrace < TimeSpan.Zero || ServerGrace > LongestGrace) throw new ArgumentOutOfRangeException(nameof(ServerGrace), ServerGrace, "Must be 0 to 365 days.");
        return this;
    }
}
