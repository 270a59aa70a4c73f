using System.Buffers;
using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>Everything an entry has beside its key. The bytes of a value may be shared by several states; see <see cref="EntrySlot.IsShared"/>.</summary>
/// <param name="bytes">The value, and perhaps more room behind it.</param>
/// <param name="length">The length of the value in bytes.</param>
/// <param name="createdAt">When the entry was set, in milliseconds since 1970-01-01 UTC.</param>
/// <param name="terms">What else there is; null: the entry is nothing but a value.</param>
internal readonly struct HeldState(byte[] bytes, int length, long createdAt, EntryTerms? terms)
{
    /// <summary>The instant of what never ends.</summary>
    public const long Never = long.MaxValue;

    public HeldState(byte[] value, long createdAt, EntryTerms? terms = null) : this(value, value.Length, createdAt, terms)
    {
    }

    public ReadOnlySpan<byte> Value => bytes.AsSpan(0, length);

    /// <summary>Where the value lies, without a look at it.</summary>
    public ref byte FirstByte => ref MemoryMarshal.GetArrayDataReference(bytes);

    /// <summary>How long the value is, in bytes.</summary>
    public int Length => length;

    /// <summary>For how many bytes there is room.</summary>
    public int CapacityBytes => bytes.Length;

    public long CreatedAt => createdAt;

    /// <summary>Null: the entry is nothing but a value.</summary>
    public EntryTerms? Terms => terms;

    public long ExpiresAt => terms?.ExpiresAt ?? Never;

    /// <summary>The TTL as it was last given, in milliseconds, for a clock that jumps while the file is closed; <see cref="Never"/>: none.</summary>
    public long TimeToLive => terms?.TimeToLive ?? Never;

    public long AbsoluteExpiration => terms?.AbsoluteExpiration ?? Never;

    /// <summary>Null, or at least one pair.</summary>
    public IReadOnlyDictionary<string, string>? Metadata => terms?.Metadata;

    public long? Version => terms?.Version;

    public bool IsPlain => terms is null;

    public static HeldState Of(in EntryDraft draft, EntryTerms? terms) => new(draft.Value.ToArray(), draft.CreatedAtMilliseconds, terms);

    public bool IsLive(long now) => now < ExpiresAt;

    /// <summary>The state of a plain draft, written over the bytes of this one.</summary>
    public HeldState Overwritten(in EntryDraft draft)
    {
        draft.Value.CopyTo(bytes);
        return new HeldState(bytes, (int)draft.Value.Length, draft.CreatedAtMilliseconds, null);
    }

    public HeldState Touched(long expiresAt, long now)
    {
        var end = Math.Min(expiresAt, AbsoluteExpiration);
        return Ending(end, end == Never ? Never : end - now);
    }

    /// <summary>The state as it is taken over by a clock that may have been set back meanwhile: created in the past, and ending no later than its TTL from now.</summary>
    public HeldState Clamped(long now)
    {
        var end = TimeToLive != Never && ExpiresAt - now > TimeToLive ? now + TimeToLive : ExpiresAt;
        return (end == ExpiresAt ? this : Ending(end, TimeToLive)).CreatedOn(Math.Min(CreatedAt, now));
    }

    public HeldState Ending(long expiresAt, long timeToLive) => new(bytes, length, createdAt, EntryTerms.Ending(terms, expiresAt, timeToLive));

    public HeldState CreatedOn(long instant) => new(bytes, length, instant, terms);

    public CacheEntry ToCacheEntry(string key)
    {
        var entry = new CacheEntry
        {
            Key = key,
            Value = Value.ToArray(),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(createdAt),
            ExpiresAt = Instant(ExpiresAt),
            AbsoluteExpiration = Instant(AbsoluteExpiration),
            Version = Version,
        };
        return Metadata is null ? entry : entry with { Metadata = Metadata };
    }

    private static DateTimeOffset? Instant(long milliseconds) => milliseconds == Never ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
