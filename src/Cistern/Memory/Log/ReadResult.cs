namespace Cistern;

/// <summary>What came of a lookup without the lock.</summary>
internal enum ReadResult
{
    /// <summary>The key is not there.</summary>
    Missing,

    /// <summary>The value was taken.</summary>
    Found,

    /// <summary>The entry has expired.</summary>
    Expired,

    /// <summary>Something was changed meanwhile; what was taken does not count.</summary>
    Disturbed,
}
