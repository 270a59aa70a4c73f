namespace Cistern;

/// <summary>What a field of a record can mean.</summary>
internal enum RecordPart
{
    Key,
    Value,
    TimeToLive,
    Metadata,
    Version,
}
