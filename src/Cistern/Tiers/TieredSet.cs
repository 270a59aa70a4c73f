namespace Cistern;

/// <summary>What a set did in each tier.</summary>
/// <param name="Far">The outcome in the far tier, which decides.</param>
/// <param name="Near">What became of the near tier's copy.</param>
public readonly record struct TieredSet(SetOutcome Far, NearOutcome Near);
