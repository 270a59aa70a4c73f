namespace Cistern;

/// <summary>Two logs as eviction sees them: their oldest entries, and what may become of these. The logs of a shard, or of a shadow of one.</summary>
internal interface IEvictionLogs
{
    /// <summary>The bytes of entries in the small log.</summary>
    long SmallBytes { get; }

    /// <summary>The bytes of entries in the main log.</summary>
    long MainBytes { get; }

    /// <summary>Looks at the oldest entry of a log; false: the log is empty.</summary>
    bool TryPeek(LogName log, out OldestEntry oldest);

    /// <summary>Moves the oldest entry of a log to the end of the main log; false: there is no room to move it.</summary>
    bool TryKeep(LogName log, int uses);

    /// <summary>Evicts the oldest entry of a log; false: it may not go now, and was moved to the end of the main log.</summary>
    bool TryEvict(LogName log);

    /// <summary>Makes the oldest part of the small log the newest of the main log as it is, if it is no more than some bytes; false: it is, or there is none.</summary>
    bool TryRelabel(long bytes);
}
