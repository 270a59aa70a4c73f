using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Cistern;

/// <summary>Reads the entries of a snapshot, ours or one of plain strings that another program wrote. Throws <see cref="JsonException"/> where the text is no JSON object.</summary>
internal ref struct SnapshotReader
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private Utf8JsonReader _json;

    public SnapshotReader(ReadOnlySpan<byte> snapshot, long now)
    {
        _json = new Utf8JsonReader(snapshot.StartsWith(ByteOrderMark) ? snapshot[ByteOrderMark.Length..] : snapshot);
        Now = now;
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject) throw new JsonException("it is not an object");
    }

    /// <summary>The property's name; null where it is no valid text.</summary>
    public string? Key { get; private set; }

    /// <summary>The entry; null where the property is none, and <see cref="Problem"/> says why.</summary>
    public HeldState? State { get; private set; }

    public string? Problem { get; private set; }

    private long Now { get; }

    public bool Next()
    {
        if (!_json.Read()) throw new JsonException("it ends early");
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            if (_json.Read()) throw new JsonException("something follows its end");
            return false;
        }

        (Key, State, Problem) = (TextOf(ref _json), null, null);
        if (Key is null) Problem = "its key is not valid Unicode";
        else if (CacheKey.Explain(Key) is { } reason) Problem = reason;
        if (!_json.Read()) throw new JsonException("it ends early");
        if (Problem is not null) _json.Skip();
        else if (_json.TokenType == JsonTokenType.String) ReadPlain();
        else if (_json.TokenType == JsonTokenType.StartObject) ReadObject();
        else Refuse("its value is neither a string nor an entry");
        return true;
    }

    private void ReadPlain()
    {
        if (ValueOf(ref _json) is { } value) State = new HeldState(value, Now);
        else Problem = "its value is not valid Unicode";
    }

    private void ReadObject()
    {
        var parts = new EntryParts();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = TextOf(ref _json);
            if (!_json.Read()) throw new JsonException("it ends early");
            if (name == EntryJson.Metadata && _json.TokenType == JsonTokenType.StartObject) ReadMetadata(parts);
            else if (_json.TokenType == JsonTokenType.String && name == EntryJson.Text) parts.Value = ValueOf(ref _json);
            else if (_json.TokenType == JsonTokenType.String && name == EntryJson.Base64) parts.Value = _json.TryGetBytesFromBase64(out var bytes) ? bytes : null;
            else if (_json.TokenType == JsonTokenType.Number && name == EntryJson.TimeToLive && _json.TryGetInt64(out var number)) parts.TimeToLive = number;
            else if (_json.TokenType != JsonTokenType.String || name is null || TextOf(ref _json) is not { } text || !parts.TryTake(name, text))
            {
                parts.IsMalformed = true;
                _json.Skip();
            }
        }

        State = parts.ToState(Now);
        if (State is null) Problem = "its value is an object, and not an entry";
    }

    private void ReadMetadata(EntryParts parts)
    {
        parts.Metadata = [];
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = TextOf(ref _json);
            if (!_json.Read()) throw new JsonException("it ends early");
            if (name is not null && _json.TokenType == JsonTokenType.String && TextOf(ref _json) is { } text) parts.Metadata[name] = text;
            else parts.IsMalformed = true;
            _json.Skip();
        }
    }

    private void Refuse(string problem)
    {
        Problem = problem;
        _json.Skip();
    }

    private static string? TextOf(ref Utf8JsonReader json) => ValueOf(ref json) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private static byte[]? ValueOf(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped) return Utf8.IsValid(json.ValueSpan) ? json.ValueSpan.ToArray() : null;
        try
        {
            var buffer = new byte[json.ValueSpan.Length];
            return buffer[..json.CopyString(buffer)];
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate, written as an escape.
            return null;
        }
    }
}
