using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Cistern;

/// <summary>
/// An entry in the snapshot: a string where the value is text and nothing else is to be said, an object otherwise. No string is ever mistaken
/// for an object, so no value can pretend to be more than a value.
/// </summary>
internal static class EntryJson
{
    /// <summary>
    /// The longest value of which every one can be written: of text <see cref="Utf8JsonWriter"/> takes no more, be anything escaped in it or not, and of
    /// other bytes it does. Of control characters, six bytes each, it has 1,000,000,000 bytes, less than are loaded by default.
    /// </summary>
    public const long MostValueBytes = 166_666_666;

    public const string Text = "value";
    public const string Base64 = "value_base64";
    public const string ExpiresAt = "expires_at";
    public const string TimeToLive = "ttl_ms";
    public const string AbsoluteExpiration = "absolute_expiration";
    public const string Version = "version";
    public const string Metadata = "metadata";

    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Escapes what JSON asks for, and leaves other scripts readable.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter json, in HeldState state)
    {
        var isText = Utf8.IsValid(state.Value);
        if (isText && state.IsPlain)
        {
            json.WriteStringValue(state.Value);
            return;
        }

        json.WriteStartObject();
        if (isText) json.WriteString(Text, state.Value);
        else json.WriteBase64String(Base64, state.Value);
        if (state.ExpiresAt != HeldState.Never)
        {
            json.WriteString(ExpiresAt, Instant(state.ExpiresAt));
            json.WriteNumber(TimeToLive, state.TimeToLive);
        }

        if (state.AbsoluteExpiration != HeldState.Never) json.WriteString(AbsoluteExpiration, Instant(state.AbsoluteExpiration));

        // As text: many readers of JSON hold numbers as doubles, and would round it.
        if (state.Version is { } version) json.WriteString(Version, version.ToString());
        if (state.Metadata is { } metadata)
        {
            json.WriteStartObject(Metadata);
            foreach (var (name, text) in metadata) json.WriteString(name, text);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public static bool TryReadInstant(string text, out long milliseconds)
    {
        var isRead = DateTimeOffset.TryParseExact(text, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant);
        milliseconds = instant.ToUnixTimeMilliseconds();
        return isRead;
    }

    private static string Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString(InstantFormat, CultureInfo.InvariantCulture);
}
