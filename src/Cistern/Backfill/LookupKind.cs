namespace Cistern;

/// <summary>How a lookup counts in a window.</summary>
internal enum LookupKind : byte
{
    Hit,
    Miss,

    /// <summary>A miss of a key known to be absent at the source.</summary>
    AbsentMiss,
}
