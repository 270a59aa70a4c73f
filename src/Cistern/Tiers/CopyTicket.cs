namespace Cistern;

/// <summary>What must be known of the moment before the far tier was asked, to make a copy of its answer.</summary>
/// <param name="Number">The number of the key's stripe.</param>
/// <param name="Timestamp">The time, from which the copy counts: what the far tier says may be as old.</param>
internal readonly record struct CopyTicket(long Number, long Timestamp);
