namespace Cistern;

/// <summary>Which tier answered a lookup.</summary>
public enum TieredLookupOutcome
{
    /// <summary>None: the far tier has no live entry.</summary>
    Miss,

    /// <summary>The near tier, with a copy that counts.</summary>
    Near,

    /// <summary>The far tier.</summary>
    Far,

    /// <summary>The near tier, with a copy that is too old to count, as the far tier could not be asked.</summary>
    Stale,
}
