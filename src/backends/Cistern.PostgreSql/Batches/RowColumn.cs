namespace Cistern;

/// <summary>The columns that a batch writes, in the order in which it does.</summary>
internal enum RowColumn
{
    Hash,
    Key,
    Version,
    CreatedAt,
    ExpiresAt,
    AbsoluteEnd,
    Metadata,
    Value,
}
