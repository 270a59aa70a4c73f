namespace Cistern;

/// <summary>What an envelope holds. The bits are part of the format.</summary>
[Flags]
internal enum EnvelopeFlags : byte
{
    None = 0,

    /// <summary>No entry, but the version of one that was deleted.</summary>
    IsTombstone = 1,

    HasVersion = 2,

    HasAbsoluteEnd = 4,

    HasMetadata = 8,
}
