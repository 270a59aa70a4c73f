namespace Cistern.Cli;

/// <summary>The settings of a write: every row, in the order in which they are documented and reported.</summary>
internal static class WriteSettingTable
{
    private const string Field = "the name of a field";
    private const string FieldOrNull = "the name of a field, or null (none)";

    public static IReadOnlyList<SettingRow<WriteSettings>> Rows { get; } =
    [
        new("key_field", Field, "key", "the field of the key",
            static (settings, value) => value.Word() is { Length: > 0 } name ? settings with { Fields = settings.Fields with { Key = name } } : null),
        new("on_missing_key", "reject or hash", "reject", "what becomes of a record without a key; hash makes its key the SHA-256 of its canonical JSON",
            static (settings, value) => value.Word() switch
            {
                "reject" => settings with { Fields = settings.Fields with { OnMissingKey = MissingKeyHandling.Reject } },
                "hash" => settings with { Fields = settings.Fields with { OnMissingKey = MissingKeyHandling.Hash } },
                _ => null,
            }),
        new("value_field", FieldOrNull, "none: the whole record is the value", "the field of the value",
            static (settings, value) => OptionalField(value, out var name) ? settings with { Fields = settings.Fields with { Value = name } } : null),
        new("ttl", DurationText.Allowed + ", or null (none)", "none", "how long entries live",
            static (settings, value) => value.IsNull ? settings with { TimeToLive = null } : value.Duration() is { } duration ? settings with { TimeToLive = duration } : null),
        new("ttl_field", FieldOrNull, "none", "the field of a record's own TTL, in seconds or as a duration",
            static (settings, value) => OptionalField(value, out var name) ? settings with { Fields = settings.Fields with { TimeToLive = name } } : null),
        new("metadata_field", FieldOrNull, "none", "the field of a record's metadata, an object of strings",
            static (settings, value) => OptionalField(value, out var name) ? settings with { Fields = settings.Fields with { Metadata = name } } : null),
        new("version_field", FieldOrNull, "none", "the field of a record's version; nothing newer is overwritten",
            static (settings, value) => OptionalField(value, out var name) ? settings with { Fields = settings.Fields with { Version = name } } : null),
        new("on_failure", "continue or stop", "continue", "what happens when a backend fails",
            static (settings, value) => value.Word() switch
            {
                "continue" => settings with { OnFailure = WriteFailureHandling.Continue },
                "stop" => settings with { OnFailure = WriteFailureHandling.StopAtFirstFailure },
                _ => null,
            }),
    ];

    private static bool OptionalField(SettingValue value, out string? name)
    {
        name = value.IsNull ? null : value.Word();
        return value.IsNull || name is { Length: > 0 };
    }
}
