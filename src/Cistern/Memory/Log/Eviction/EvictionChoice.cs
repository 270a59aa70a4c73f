namespace Cistern;

/// <summary>Which rule evictions go by at the moment: one for all shards. Safe for concurrent use.</summary>
internal abstract class EvictionChoice
{
    private volatile uint _sampledBelow;

    /// <summary>The rule.</summary>
    public abstract EvictionRule Rule { get; }

    /// <summary>The lookups of those keys are to be told whose <see cref="SampleOf"/> is below it; 0: none.</summary>
    public uint SampledBelow
    {
        get => _sampledBelow;
        protected set => _sampledBelow = value;
    }

    /// <summary>What is held to choose by, in bytes.</summary>
    public virtual long MemoryBytes => 0;

    /// <summary>The part of a key's hash that tells whether it is sampled. Shards and lines take other bits as they are; here all are mixed.</summary>
    public static uint SampleOf(uint hash) => hash * 0x2C1B3C6Du;

    /// <summary>A key of the sample was asked for, and was there, or is stored now.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="bytes">The size of its entry.</param>
    public virtual void Note(uint hash, int bytes)
    {
    }

    /// <summary>What is wanted to choose by, in bytes; 0: nothing, or it is there.</summary>
    /// <param name="entries">How many entries the cache has when it is full.</param>
    /// <param name="mostBytes">The most that may be taken for it.</param>
    public virtual long WantedBytes(long entries, long mostBytes) => 0;

    /// <summary>Begins to choose; what is wanted was taken. False: it has begun already.</summary>
    /// <param name="entries">How many entries the cache has when it is full.</param>
    /// <param name="bytes">How many bytes these have.</param>
    /// <param name="mostBytes">As it was when it was asked what is wanted.</param>
    public virtual bool TryBegin(long entries, long bytes, long mostBytes) => false;

    /// <summary>All entries are gone. Returns how many bytes were held, which are to be given back.</summary>
    public virtual long Clear() => 0;
}
