namespace Cistern;

/// <summary>What a set did. Whatever is not <see cref="Stored"/> left the previous value untouched.</summary>
public enum SetOutcome
{
    /// <summary>The value is in the backend.</summary>
    Stored,

    /// <summary>The value, or the entry with its key and metadata, is larger than the backend's bounds allow, whatever is there: this comes before every other refusal.</summary>
    TooLarge,

    /// <summary><see cref="SetCondition.IfAbsent"/> lost: a live entry is there.</summary>
    Present,

    /// <summary><see cref="SetCondition.IfNewer"/> lost: a newer version, or the tombstone of this version or a newer one, is there.</summary>
    Superseded,

    /// <summary>The same version is there already. A success: the backend holds what the caller wanted it to hold.</summary>
    AlreadyCurrent,
}
