namespace Cistern.Cli;

/// <summary>How a log is read. Immutable.</summary>
internal sealed record ReplayLogSettings
{
    public const int DefaultValueBytes = 100;

    /// <summary>Whether it is CSV; null: its first line tells.</summary>
    public bool? IsCsv { get; init; }

    /// <summary>The bytes of a value whose size the log does not give. Default 100.</summary>
    public int ValueBytes { get; init; } = DefaultValueBytes;
}
