namespace Cistern;

/// <summary>What must hold for a set to store its value.</summary>
public enum SetCondition
{
    /// <summary>Store always. Clears the version and the tombstone of the key.</summary>
    Always,

    /// <summary>Store only where no live entry is. A tombstone is not an entry; storing clears it.</summary>
    IfAbsent,

    /// <summary>
    /// Store only if <see cref="SetOptions.Version"/> is higher than the version of the entry or tombstone that is there.
    /// An entry without a version gives way to any version.
    /// </summary>
    IfNewer,
}
