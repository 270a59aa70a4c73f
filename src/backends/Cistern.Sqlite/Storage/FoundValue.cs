namespace Cistern;

/// <summary>What a lookup found, beside the value itself.</summary>
/// <param name="IsHit">Whether a live entry is there.</param>
/// <param name="IsAheadOfTheClock">Whether it was set at a moment that has not come yet: the clock has jumped back.</param>
/// <param name="Accessed">The number of its last use.</param>
internal readonly record struct FoundValue(bool IsHit, bool IsAheadOfTheClock, long Accessed);
