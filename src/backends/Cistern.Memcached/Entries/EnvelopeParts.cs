namespace Cistern;

/// <summary>Which parts stand before a value.</summary>
[Flags]
internal enum EnvelopeParts : byte
{
    None = 0,
    ExpiresAt = 1,
    AbsoluteExpiration = 2,
    Version = 4,
    Metadata = 8,
    Key = 16,
    Tombstone = 32,
    All = ExpiresAt | AbsoluteExpiration | Version | Metadata | Key | Tombstone,
}
