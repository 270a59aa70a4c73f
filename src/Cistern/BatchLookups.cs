namespace Cistern;

/// <summary>The lookups of a batch as they are made, one after another: where the next value goes, and what became of each key.</summary>
/// <param name="destination">Where the values go, one behind the other.</param>
/// <param name="lookups">Receives for each key what became of it.</param>
internal ref struct BatchLookups(Span<byte> destination, Span<BatchLookup> lookups)
{
    private readonly Span<byte> _destination = destination;
    private readonly Span<BatchLookup> _lookups = lookups;
    private int _count;
    private int _used;

    /// <summary>What is left for the next value.</summary>
    public readonly Span<byte> Rest => _destination[_used..];

    /// <summary>How many keys have a live entry, those included whose values did not fit.</summary>
    public int Found { get; private set; }

    /// <summary>The next key was looked up.</summary>
    /// <param name="outcome">What was found; on a hit the value is at the beginning of <see cref="Rest"/>.</param>
    /// <param name="length">The length of its value; 0 on a miss.</param>
    public void Add(LookupOutcome outcome, int length)
    {
        _lookups[_count++] = new BatchLookup(outcome, outcome == LookupOutcome.Hit ? _used : 0, length);
        if (outcome == LookupOutcome.Hit) _used += length;
        if (outcome != LookupOutcome.Miss) Found++;
    }
}
