namespace Cistern;

/// <summary>One record to be written: what becomes an entry in every backend.</summary>
/// <param name="Key">The key. Null: the record has none, and is rejected.</param>
/// <param name="Value">The value. Not copied: it must not change until the write is over.</param>
public readonly record struct WriteRecord(string? Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>How long the entry lives from when it is written. Null (the default): as <see cref="CacheWriterOptions.SetOptions"/> says.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>
    /// The instant at which the entry ends unless it is touched; with a TTL of the record, the earlier. Null (the default): as
    /// <see cref="CacheWriterOptions.SetOptions"/> says, unless the record has a TTL. What ends before it is written is not, and is counted as
    /// <see cref="BackendWriteReport.Expired"/>.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// The instant at which the entry ends however often it is touched, counted as <see cref="ExpiresAt"/> is. Null (the default): as
    /// <see cref="CacheWriterOptions.SetOptions"/> says.
    /// </summary>
    public DateTimeOffset? AbsoluteExpiration { get; init; }

    /// <summary>Strings kept beside the value, instead of those of <see cref="CacheWriterOptions.SetOptions"/>. Null (the default): those.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The version; with one, the record is stored only where nothing newer is. Null (the default): as <see cref="CacheWriterOptions.SetOptions"/> says.</summary>
    public long? Version { get; init; }

    /// <summary>
    /// What must hold for the record to be stored. Null (the default): with a version of its own that nothing newer is there, otherwise as
    /// <see cref="CacheWriterOptions.SetOptions"/> says. With a version, <see cref="SetCondition.IfAbsent"/> is asked just before the batch is
    /// written, and then still nothing newer is replaced; <see cref="SetCondition.Always"/> is not allowed.
    /// </summary>
    public SetCondition? Condition { get; init; }

    /// <summary>The line of its file at which the record begins, from 1. Null (the default): it is of no file.</summary>
    public long? Line { get; init; }

    /// <summary>Why whoever read the record could make no entry of it; holds no value. Null (the default): it is one.</summary>
    public string? Rejection { get; init; }

    /// <summary>Something among the records that is none; it is counted and reported in its place.</summary>
    /// <param name="reason">What is wrong with it, and what is allowed. Holds no value.</param>
    /// <param name="line">The line of its file at which it begins, from 1; null: it is of no file.</param>
    public static WriteRecord Rejected(string reason, long? line = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new WriteRecord(null, default) { Rejection = reason, Line = line };
    }
}
