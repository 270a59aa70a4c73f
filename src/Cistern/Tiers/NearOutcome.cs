namespace Cistern;

/// <summary>What a write did in the near tier.</summary>
public enum NearOutcome
{
    /// <summary>It has a copy of the new value.</summary>
    Copied,

    /// <summary>It has no copy: the far tier refused the value, the near one has no room for it, or the key was written or invalidated by others at the same time.</summary>
    Dropped,

    /// <summary>It failed, and is not asked until it could be emptied.</summary>
    Failed,
}
