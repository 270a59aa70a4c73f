namespace Cistern.Tests;

/// <summary>An entry as the reference backend keeps it. Instants in milliseconds since 1970; a larger use is a later one.</summary>
internal sealed record Held(byte[] Value, long CreatedAt, long? ExpiresAt, long? AbsoluteEnd, IReadOnlyDictionary<string, string>? Metadata, long? Version, long Use);
