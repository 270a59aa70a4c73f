namespace Cistern;

/// <summary>Where a record is.</summary>
/// <param name="Number">How many records come before it.</param>
/// <param name="Offset">Where it starts in the file, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsEntry">False: a later record has its key, or it says that there is no such key.</param>
internal readonly record struct RecordPlace(long Number, long Offset, int Length, bool IsEntry);
