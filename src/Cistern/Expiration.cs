using System.Buffers;

namespace Cistern;

/// <summary>Turns the caller's durations and instants into milliseconds since 1970, once for all backends.</summary>
internal static class Expiration
{
    /// <summary>The last millisecond a <see cref="DateTimeOffset"/> can express. A TTL that reaches beyond it ends there.</summary>
    private static long LastMillisecond { get; } = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>An entry about to be stored.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="options">How it is set.</param>
    /// <param name="now">The backend's own now.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="wall">The clock's milliseconds at that now, for the instants of a whole batch; null: they are read if there is need.</param>
    public static EntryDraft Draft(string key, ReadOnlySequence<byte> value, SetOptions options, long now, TimeProvider clock, long? wall = null)
    {
        var expiresAt = FromTimeToLive(options.TimeToLive, now, nameof(options));
        if (options.ExpiresAt is { } end) expiresAt = Earlier(expiresAt, FromInstant(end, now, wall ?? Milliseconds(clock), nameof(options), "The instant of expiration"));
        long? absolute = null;
        if (options.AbsoluteExpiration is { } last)
        {
            absolute = FromInstant(last, now, wall ?? Milliseconds(clock), nameof(options), "The absolute expiration");
            expiresAt = Earlier(expiresAt, absolute.Value);
        }

        CheckCondition(options);
        return new EntryDraft
        {
            Key = key,
            Value = value,
            CreatedAtMilliseconds = now,
            ExpiresAtMilliseconds = expiresAt,
            AbsoluteExpirationMilliseconds = absolute,
            Metadata = CheckMetadata(options.Metadata),
            Condition = options.Condition,
            Version = options.Version,
            Lease = options.Lease,
        };
    }

    public static long? FromTimeToLive(TimeSpan? timeToLive, long now, string parameterName)
    {
        if (timeToLive is not { } duration) return null;
        if (duration <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(parameterName, duration, "The TTL must be greater than zero; null means none.");

        // Up, so that the shortest TTL still lives for a millisecond.
        var milliseconds = duration.Ticks / TimeSpan.TicksPerMillisecond + (duration.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1);
        return milliseconds > LastMillisecond - now ? LastMillisecond : now + milliseconds;
    }

    /// <summary>Whether options end an entry at an instant that has come: they would be refused.</summary>
    public static bool HasEnded(SetOptions? options, DateTimeOffset now)
    {
        var milliseconds = now.ToUnixTimeMilliseconds();
        return options?.ExpiresAt?.ToUnixTimeMilliseconds() <= milliseconds || options?.AbsoluteExpiration?.ToUnixTimeMilliseconds() <= milliseconds;
    }

    /// <summary>Throws for what no instant changes about options: those that would fail wherever they are used.</summary>
    public static void Check(SetOptions options, string parameterName)
    {
        FromTimeToLive(options.TimeToLive, 0, parameterName);
        CheckCondition(options);
        CheckMetadata(options.Metadata);
    }

    /// <summary>Says why metadata are not allowed; null when they are.</summary>
    public static string? ExplainMetadata(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null || metadata.Count == 0) return null;
        foreach (var (name, text) in metadata)
        {
            if (text is null) return "A metadata value must not be null; leave it out instead.";
            if (CacheKey.FindLoneSurrogate(name) >= 0 || CacheKey.FindLoneSurrogate(text) >= 0) return "Metadata must be valid Unicode; there is a lone surrogate.";
        }

        return null;
    }

    private static long Milliseconds(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static long Earlier(long? end, long other) => end is { } one ? Math.Min(one, other) : other;

    // Through the time that is left, as a backend's own now need not follow the jumps of the wall clock.
    private static long FromInstant(DateTimeOffset instant, long now, long wall, string parameterName, string what)
    {
        var end = now + instant.ToUnixTimeMilliseconds() - wall;
        return end > now ? end : throw new ArgumentOutOfRangeException(parameterName, instant, $"{what} must lie in the future.");
    }

    private static void CheckCondition(SetOptions options)
    {
        if (options.Condition is < SetCondition.Always or > SetCondition.IfNewer) throw new ArgumentOutOfRangeException(nameof(options), options.Condition, "Unknown condition.");
        if (options.Condition == SetCondition.IfNewer == options.Version.HasValue) return;
        throw new ArgumentException("A version is required with the condition IfNewer, and not allowed without it.", nameof(options));
    }

    private static IReadOnlyDictionary<string, string>? CheckMetadata(IReadOnlyDictionary<string, string>? metadata)
    {
        if (ExplainMetadata(metadata) is { } reason) throw new ArgumentException(reason, nameof(metadata));
        return metadata is null || metadata.Count == 0 ? null : metadata;
    }
}
