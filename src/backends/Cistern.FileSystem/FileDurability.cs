namespace Cistern;

/// <summary>What a write to a file has survived once it is acknowledged.</summary>
public enum FileDurability
{
    /// <summary>The end of the process, however it comes. A power cut may take the last writes, never an earlier one without all later ones.</summary>
    Os,

    /// <summary>A power cut too: callers wait for an fsync that they share with all who write meanwhile.</summary>
    Group,

    /// <summary>A power cut too: every write has an fsync of its own, and is seen by others only after it.</summary>
    Power,
}
