using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>What became of one key of a batch of lookups into the caller's memory.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Offset">Where in the destination the value begins, in bytes; 0 unless it is there.</param>
/// <param name="Length">The length of the value in bytes, also when it did not fit; 0 on a miss.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BatchLookup(LookupOutcome Outcome, int Offset, int Length);
