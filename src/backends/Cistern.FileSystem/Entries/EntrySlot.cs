namespace Cistern;

/// <summary>An entry where the table keeps it. Used under the table's lock.</summary>
internal struct EntrySlot
{
    // What an overwritten value may leave unused.
    private const int SlackBytes = 64;

    /// <summary>The largest value that is copied under the table's lock; a larger one is replaced as a whole, and copied without the lock.</summary>
    public const int MostBytesCopied = 4 * 1024;

    /// <summary>Null: the slot is free.</summary>
    public string? Key;

    public HeldState State;

    public int Hash;

    /// <summary>The next slot of the same bucket, or the next free one; -1: none.</summary>
    public int Next;

    /// <summary>The neighbours in the order of eviction; -1: none.</summary>
    public int Older;

    public int Newer;

    /// <summary>The last time the state was kept for a snapshot; 0: it was not.</summary>
    public int KeptIn;

    /// <summary>
    /// Whether a reader may use the value's bytes without the table's lock: then nothing is ever written over them. Otherwise a plain value
    /// takes the bytes of the one before it: what has grown old before it is replaced is what costs a garbage collector most.
    /// </summary>
    public bool IsShared;

    /// <summary>Whether a plain value of a length may be written over the one that is there.</summary>
    /// <param name="length">The length in bytes.</param>
    /// <param name="released">Up to which time nobody uses what was kept.</param>
    public readonly bool CanHold(long length, int released) =>
        !IsShared && KeptIn <= released && State.IsPlain && length <= MostBytesCopied && length <= State.CapacityBytes && State.CapacityBytes - length <= SlackBytes;
}
