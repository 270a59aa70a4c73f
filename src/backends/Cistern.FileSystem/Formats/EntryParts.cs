using System.Globalization;

namespace Cistern;

/// <summary>What was read of an entry that lies in the snapshot as an object.</summary>
internal sealed class EntryParts
{
    private long _expiresAt = HeldState.Never;
    private long _absolute = HeldState.Never;
    private long? _version;

    public byte[]? Value { get; set; }

    public long? TimeToLive { get; set; }

    public Dictionary<string, string>? Metadata { get; set; }

    public bool IsMalformed { get; set; }

    public bool TryTake(string name, string text) => name switch
    {
        EntryJson.ExpiresAt => EntryJson.TryReadInstant(text, out _expiresAt),
        EntryJson.AbsoluteExpiration => EntryJson.TryReadInstant(text, out _absolute),
        EntryJson.Version => (_version = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var version) ? version : null) is not null,
        _ => false,
    };

    /// <summary>The state; null when something is missing, unknown or malformed. Written by hand, an end needs no TTL beside it: it then has the one that is left.</summary>
    public HeldState? ToState(long now)
    {
        if (IsMalformed || Value is null || TimeToLive < 0) return null;
        var timeToLive = TimeToLive ?? Math.Max(0, _expiresAt - now);
        return new HeldState(Value, now, EntryTerms.Of(_expiresAt, timeToLive, _absolute, _version, Metadata is { Count: > 0 } ? Metadata.AsReadOnly() : null));
    }
}
