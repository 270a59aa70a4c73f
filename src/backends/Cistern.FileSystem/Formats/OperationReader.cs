using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Cistern;

/// <summary>Reads the operations of a record. Trusts no length: what runs over the record's end, or is no text, ends the reading as malformed.</summary>
internal ref struct OperationReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public OperationKind Kind { get; private set; }

    /// <summary>The key; empty for what has none.</summary>
    public string Key { get; private set; } = "";

    /// <summary>The state of a set.</summary>
    public HeldState? State { get; private set; }

    public KeptTombstone Tombstone { get; private set; }

    public SnapshotPlace Place { get; private set; }

    /// <summary>The new end and TTL of a touch.</summary>
    public (long ExpiresAt, long TimeToLive) End { get; private set; }

    /// <summary>Whether the reading ended before the record did.</summary>
    public bool IsMalformed { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty || IsMalformed) return false;
        Kind = (OperationKind)_rest[0];
        _rest = _rest[1..];
        IsMalformed = !ReadOperation();
        return !IsMalformed;
    }

    private bool ReadOperation()
    {
        Key = "";
        if (Kind == OperationKind.Clear) return true;
        if (!Text(out var key) || CacheKey.Explain(key) is not null) return false;
        Key = key;
        switch (Kind)
        {
            case OperationKind.Set:
                return ReadState();
            case OperationKind.Delete:
                return true;
            case OperationKind.Bury:
                if (!Number(out var version) || !Number(out var end)) return false;
                Tombstone = new KeptTombstone(key, version, end);
                return true;
            case OperationKind.Touch:
                if (!Number(out var expiresAt) || !Number(out var timeToLive)) return false;
                End = (expiresAt, timeToLive);
                return true;
            case OperationKind.Place:
                if (!Number(out var offset) || !Number(out var length) || !Number(out var createdAt) || !Number(out var checksum)) return false;
                Place = new SnapshotPlace(offset, length, createdAt, (uint)checksum);
                return true;
            default:
                return false;
        }
    }

    private bool ReadState()
    {
        if (!Number(out var createdAt) || _rest.IsEmpty) return false;
        var parts = (StateParts)_rest[0];
        _rest = _rest[1..];
        var (expiresAt, timeToLive, absolute, version) = (HeldState.Never, HeldState.Never, HeldState.Never, 0L);
        if (parts.HasFlag(StateParts.Expiry) && !(Number(out expiresAt) && Number(out timeToLive))) return false;
        if (parts.HasFlag(StateParts.Absolute) && !Number(out absolute)) return false;
        if (parts.HasFlag(StateParts.Version) && !Number(out version)) return false;
        Dictionary<string, string>? metadata = null;
        if (parts.HasFlag(StateParts.Metadata) && !Metadata(out metadata)) return false;
        if (!Blob(out var value)) return false;
        State = new HeldState(value.ToArray(), createdAt, EntryTerms.Of(expiresAt, timeToLive, absolute, parts.HasFlag(StateParts.Version) ? version : null, metadata?.AsReadOnly()));
        return true;
    }

    private bool Metadata(out Dictionary<string, string> metadata)
    {
        metadata = [];
        if (!Number(out var count)) return false;
        for (var i = 0L; i < count; i++)
        {
            if (!Text(out var name) || !Text(out var text)) return false;
            metadata[name] = text;
        }

        return true;
    }

    private bool Number(out long number)
    {
        number = 0;
        if (_rest.Length < sizeof(long)) return false;
        number = BinaryPrimitives.ReadInt64LittleEndian(_rest);
        _rest = _rest[sizeof(long)..];
        return true;
    }

    private bool Text(out string text)
    {
        text = "";
        if (!Blob(out var bytes) || !Utf8.IsValid(bytes)) return false;
        text = Encoding.UTF8.GetString(bytes);
        return true;
    }

    private bool Blob(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_rest.Length < sizeof(int)) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        if (length < 0 || length > _rest.Length - sizeof(int)) return false;
        bytes = _rest.Slice(sizeof(int), length);
        _rest = _rest[(sizeof(int) + length)..];
        return true;
    }
}
