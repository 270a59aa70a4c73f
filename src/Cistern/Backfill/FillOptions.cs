namespace Cistern;

/// <summary>How what comes from the source is set: never over a value that somebody set meanwhile, and with the TTL of the options.</summary>
internal sealed class FillOptions(BackfillOptions options)
{
    private readonly SetOptions _plain = new() { Condition = SetCondition.IfAbsent };

    public SetRequest Request(SourceEntry entry) => new(entry.Key, entry.Value, For(entry));

    public SetOptions For(SourceEntry entry)
    {
        if (options.TimeToLive is null && entry is { Version: null, Metadata: null }) return _plain;
        return new SetOptions
        {
            Condition = entry.Version is null ? SetCondition.IfAbsent : SetCondition.IfNewer,
            Version = entry.Version,
            Metadata = entry.Metadata,
            TimeToLive = options.TimeToLive is { } timeToLive ? Jitter(timeToLive) : null,
        };
    }

    private TimeSpan Jitter(TimeSpan timeToLive)
    {
        if (options.TimeToLiveJitter == 0) return timeToLive;
        var factor = 1 + options.TimeToLiveJitter * (2 * options.Random.NextDouble() - 1);
        return TimeSpan.FromTicks(Math.Max(1, (long)(timeToLive.Ticks * factor)));
    }
}
