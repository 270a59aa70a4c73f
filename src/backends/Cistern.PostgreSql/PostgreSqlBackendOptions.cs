namespace Cistern;

/// <summary>The table, the limits and the clock of a PostgreSQL backend. Immutable.</summary>
public sealed record PostgreSqlBackendOptions
{
    internal const long LongestPostgreSqlValue = 1_000_000_000;
    internal const int MostConnections = 10_000;

    /// <summary>What the backend is called in statistics and errors. Default "postgresql".</summary>
    public string Name { get; init; } = "postgresql";

    /// <summary>The table's name, exactly as it is, 1 to 63 bytes of UTF-8. Default "cistern_cache".</summary>
    public string Table { get; init; } = "cistern_cache";

    /// <summary>The schema that the table is in, which must exist; null (the default): the first of the search path, as a rule <c>public</c>.</summary>
    public string? Schema { get; init; }

    /// <summary>Creates the table where there is none. Default true; false: a table that is not there is a fault.</summary>
    public bool CreateTable { get; init; } = true;

    /// <summary>
    /// Creates a logged table, which survives a crash of the server. Default false: an unlogged one, which writes no log, and which a crash of the server
    /// empties. A table that is there stays what it is; true with an unlogged one is a fault.
    /// </summary>
    public bool IsLogged { get; init; }

    /// <summary>
    /// The longest a call may take, waiting for a connection included, in real time whatever <see cref="TimeProvider"/> says. Default 10 s, from 10 ms to 24 days. A batch has
    /// this time for each 10,000 entries and each 16 MB it begins; a listing, a clear and the statistics for each page of the table.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most connections open at once, 1 to 10,000. Default 20. Of a data source that was handed over, its own setting counts instead.</summary>
    public int MaxConnections { get; init; } = 20;

    /// <summary>The most bytes a value may have, 1 to 1,000,000,000. Default 64 MB. A longer one is <see cref="SetOutcome.TooLarge"/>.</summary>
    public long MaxValueBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long the version of a deleted key is remembered. Default 60 s.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long after a sweep of expired rows the next write may start another one, which nobody waits for. Default 30 s, at least 1 ms.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock. Null (the default): <see cref="TimeProvider.System"/>. Processes that share a table should have clocks that agree.</summary>
    public TimeProvider? TimeProvider { get; init; }

    internal long TombstoneMilliseconds => (long)Math.Ceiling(TombstoneRetention.TotalMilliseconds);

    internal long SweepMilliseconds => (long)Math.Ceiling(SweepInterval.TotalMilliseconds);

    internal PostgreSqlBackendOptions Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Name);
        if (TableName.Explain(Table) is { } bad) throw new ArgumentException(bad, nameof(Table));
        if (Schema is { } schema && TableName.Explain(schema) is { } badSchema) throw new ArgumentException(badSchema, nameof(Schema));
        if (Timeout < TimeSpan.FromMilliseconds(10) || Timeout > TimeSpan.FromDays(24)) throw new ArgumentOutOfRangeException(nameof(Timeout), Timeout, "Must be from 10 ms to 24 days.");
        if (MaxConnections is < 1 or > MostConnections) throw new ArgumentOutOfRangeException(nameof(MaxConnections), MaxConnections, $"Must be from 1 to {MostConnections}.");
        if (MaxValueBytes is < 1 or > LongestPostgreSqlValue) throw new ArgumentOutOfRangeException(nameof(MaxValueBytes), MaxValueBytes, $"Must be from 1 to {LongestPostgreSqlValue}.");
        if (TombstoneRetention <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(TombstoneRetention), TombstoneRetention, "Must be greater than zero.");
        if (SweepInterval <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(SweepInterval), SweepInterval, "Must be greater than zero.");
        return this;
    }
}
