using System.Text;

namespace Cistern;

/// <summary>What a server had under a name: nothing, an entry or a tombstone, live or not, or something that cannot be read.</summary>
internal readonly struct HeldEntry
{
    private readonly bool _isReadable;
    private readonly EntryHeader _header;

    private HeldEntry(ulong cas, string key, in EntryHeader header)
    {
        Cas = cas;
        Key = key;
        _header = header;
        _isReadable = true;
    }

    private HeldEntry(ulong cas) => Cas = cas;

    /// <summary>The number of its last change; 0 when nothing was there.</summary>
    public ulong Cas { get; }

    /// <summary>The key; null unless it could be read.</summary>
    public string? Key { get; }

    /// <summary>The value, as far as it was to be kept.</summary>
    public byte[]? Value { get; private init; }

    /// <summary>The metadata, as far as they were to be kept; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; private init; }

    public long CreatedAtMilliseconds => _header.CreatedAtMilliseconds;

    public long? ExpiresAtMilliseconds => _header.ExpiresAtMilliseconds;

    public long? AbsoluteExpirationMilliseconds => _header.AbsoluteExpirationMilliseconds;

    public long? Version => _header.Version;

    /// <summary>Reads what a server sent.</summary>
    /// <param name="data">What it sent.</param>
    /// <param name="cas">The number of its last change.</param>
    /// <param name="target">What was asked for.</param>
    /// <param name="names">What keys are called.</param>
    /// <param name="depth">How much of it to keep.</param>
    public static HeldEntry Read(ReadOnlySpan<byte> data, ulong cas, in KeyTarget target, KeyNames names, ReadDepth depth)
    {
        if (!Envelope.TryRead(data, target.Name, out var header)) return new HeldEntry(cas);
        var isHashed = header.Parts.Has(EnvelopeParts.Key);
        if (isHashed != names.IsHashed(target.Name)) return new HeldEntry(cas);

        // Another key with the same hash, if there ever is one, is not this key.
        var key = isHashed ? Encoding.UTF8.GetString(data[header.Key]) : target.Key ?? names.KeyOf(target.Name);
        if (target.Key is { } asked && asked != key) return new HeldEntry(cas);
        IReadOnlyDictionary<string, string>? metadata = null;
        if (depth == ReadDepth.Whole && header.Parts.Has(EnvelopeParts.Metadata) && (metadata = MetadataBytes.Read(data[header.Metadata])) is null) return new HeldEntry(cas);
        return new HeldEntry(cas, key, header)
        {
            Value = depth == ReadDepth.Header || header.IsTombstone ? null : data[header.ValueAt..].ToArray(),
            Metadata = metadata,
        };
    }

    /// <summary>Whether a live entry was there.</summary>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    public bool IsLive(long now) => _isReadable && !_header.IsTombstone && !HasEnded(now);

    /// <summary>Whether an entry was there whose time is over.</summary>
    public bool IsExpired(long now) => _isReadable && !_header.IsTombstone && HasEnded(now);

    /// <summary>The version of the tombstone that was there; null: there was none.</summary>
    public long? TombstoneVersion(long now) => _isReadable && _header.IsTombstone && !HasEnded(now) ? _header.Version : null;

    /// <summary>The entry, for inspection.</summary>
    public CacheEntry ToEntry()
    {
        var entry = new CacheEntry
        {
            Key = Key!,
            Value = Value,
            CreatedAt = Instant(CreatedAtMilliseconds),
            ExpiresAt = ExpiresAtMilliseconds is { } end ? Instant(end) : null,
            AbsoluteExpiration = AbsoluteExpirationMilliseconds is { } limit ? Instant(limit) : null,
            Version = Version,
        };
        return Metadata is null ? entry : entry with { Metadata = Metadata };
    }

    private bool HasEnded(long now) => _header.ExpiresAtMilliseconds <= now;

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
