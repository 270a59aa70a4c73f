namespace Cistern;

/// <summary>What becomes of a JSON record without a key.</summary>
public enum MissingKeyHandling
{
    /// <summary>It is rejected.</summary>
    Reject,

    /// <summary>Its key is the SHA-256 of its canonical form, in 64 hexadecimal digits in lower case: records that mean the same have the same key.</summary>
    Hash,
}
