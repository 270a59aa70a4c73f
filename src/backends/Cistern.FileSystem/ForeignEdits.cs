namespace Cistern;

/// <summary>What becomes of entries that something else wrote into the file while it was closed.</summary>
public enum ForeignEdits
{
    /// <summary>They are misses, and reported: nothing tells an edit from damage. A file that never had a sidecar is trusted all the same.</summary>
    Refuse,

    /// <summary>They are taken over.</summary>
    Accept,
}
