namespace Cistern;

/// <summary>Takes the records in order: rejects what is no entry, counts, and gathers the others into batches. Not thread-safe.</summary>
internal sealed class RecordIntake(CacheWriterOptions options)
{
    private const string NoKey = "The record has no key.";
    private const string BadTimeToLive = "The TTL of the record must be greater than zero.";

    // What an entry weighs besides what is counted of it: the arrays' own bytes, its options, the slot in a batch.
    private const int RecordBytes = 96;

    private const int FirstRecords = 64;

    private readonly SetOptions _common = options.SetOptions ?? SetOptions.Default;
    private readonly SeenKeys _seen = new(options.MaxTrackedKeys);
    private readonly List<RejectedRecord> _rejectedRecords = [];
    private WriteBatch _batch = new(options.BatchRecords, Math.Min(options.BatchRecords, FirstRecords));
    private long _accepted;
    private long _rejected;
    private long _duplicates;

    /// <summary>How many records were accepted. Read by other threads, to tell progress.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Takes a record.</summary>
    /// <returns>A batch that is complete without it; null: none is.</returns>
    public WriteBatch? Add(in WriteRecord record)
    {
        if (Explain(record) is { } reason)
        {
            if (_rejectedRecords.Count < options.MaxListedRecords) _rejectedRecords.Add(new RejectedRecord(Number + 1, record.Line, reason));
            _rejected++;
            return null;
        }

        var bytes = BytesOf(record);
        var complete = _batch.IsFull || (_batch.Count > 0 && _batch.Bytes + bytes > options.BatchBytes) ? Take() : null;
        _batch.Add(new SetRequest(record.Key!, record.Value, OptionsOf(record)), Number + 1, record.Line, bytes);
        if (record.Condition == SetCondition.IfAbsent && VersionOf(record) is not null) _batch.LeaveWherePresent();
        if (_seen.Add(record.Key!)) _duplicates++;
        Volatile.Write(ref _accepted, _accepted + 1);
        return complete;
    }

    /// <summary>The batch as far as it has come; null: it is empty.</summary>
    public WriteBatch? TakeRest() => _batch.Count == 0 ? null : Take();

    /// <summary>A report with what is known here.</summary>
    public WriteReport ToReport() => new()
    {
        Records = Number,
        Accepted = _accepted,
        Rejected = _rejected,
        RejectedRecords = _rejectedRecords,
        Duplicates = _duplicates,
        AreDuplicatesExact = _seen.IsExact,
    };

    private long Number => _accepted + _rejected;

    // What is in the options for all is there once, whatever the number of records.
    private static long BytesOf(in WriteRecord record)
    {
        var bytes = record.Value.Length + (2L * record.Key!.Length) + RecordBytes;
        return record.Metadata is { } metadata ? bytes + ObjectBytes.OfMetadata(metadata) : bytes;
    }

    private WriteBatch Take()
    {
        var batch = _batch;
        _batch = new WriteBatch(options.BatchRecords, batch.Count);
        return batch;
    }

    // One record that a backend would refuse as an argument would fail its whole batch there.
    private string? Explain(in WriteRecord record)
    {
        if (record.Rejection is { } reason) return reason;
        if (record.Key is null) return NoKey;
        if (CacheKey.Explain(record.Key) is { } rule) return rule;
        if (record.Value.Length > options.MaxValueBytes) return $"The value has {record.Value.Length} bytes; at most {ByteCount.Describe(options.MaxValueBytes)} are allowed.";
        if (record.TimeToLive <= TimeSpan.Zero) return BadTimeToLive;
        if (record.Condition is { } condition && ExplainCondition(condition, VersionOf(record) is not null) is { } contradiction) return contradiction;
        return Expiration.ExplainMetadata(record.Metadata);
    }

    private static string? ExplainCondition(SetCondition condition, bool hasVersion) => condition switch
    {
        SetCondition.IfAbsent => null,
        SetCondition.IfNewer => hasVersion ? null : "A record that is to be newer than what is there needs a version.",
        SetCondition.Always => hasVersion ? "A record with a version cannot be stored always: only where nothing newer is, or nothing at all." : null,
        _ => "The condition of the record is unknown.",
    };

    private long? VersionOf(in WriteRecord record) => record.Version ?? _common.Version;

    private SetOptions OptionsOf(in WriteRecord record)
    {
        if (record is { TimeToLive: null, ExpiresAt: null, AbsoluteExpiration: null, Metadata: null, Version: null, Condition: null }) return _common;
        var hasOwnEnd = record.TimeToLive is not null || record.ExpiresAt is not null;
        return _common with
        {
            TimeToLive = hasOwnEnd ? record.TimeToLive : _common.TimeToLive,
            ExpiresAt = hasOwnEnd ? record.ExpiresAt : _common.ExpiresAt,
            AbsoluteExpiration = record.AbsoluteExpiration ?? _common.AbsoluteExpiration,
            Metadata = record.Metadata ?? _common.Metadata,
            Version = VersionOf(record),
            Condition = VersionOf(record) is null ? record.Condition ?? _common.Condition : SetCondition.IfNewer,
        };
    }
}
