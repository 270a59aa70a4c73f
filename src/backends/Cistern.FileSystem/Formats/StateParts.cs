namespace Cistern;

/// <summary>Which parts of an entry's state follow in a record.</summary>
[Flags]
internal enum StateParts : byte
{
    None = 0,
    Expiry = 1,
    Absolute = 2,
    Version = 4,
    Metadata = 8,
}
