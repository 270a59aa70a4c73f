using System.Numerics;

namespace Cistern;

/// <summary>
/// About how often keys were asked for: a count-min sketch (Cormode and Muthukrishnan, 2005) of four-bit counters, four for a key, all in one line of
/// the processor's cache. Now and then all are halved, so that what was is forgotten. Used under one lock.
/// </summary>
internal sealed class FrequencySketch
{
    public const int Most = 15;

    private const int BlockWords = 8;
    private const int BlockBytes = BlockWords * sizeof(ulong);
    private const int ArrayBytes = 24;
    private const int Rows = 4;
    private const int CounterBits = 4;

    // With few entries a counter for each is nothing, and few are shared by many.
    private const int FewEntries = 16_384;
    private const int EntriesPerBlockOfFew = 8;
    private const int EntriesPerBlock = 32;

    // So many times as many keys as entries are counted before all is halved.
    private const int SampleFactor = 10;
    private const ulong HalfMask = 0x7777_7777_7777_7777;

    private ulong[] _words = [];
    private long _added;
    private long _sample;

    public long MemoryBytes => _words.Length == 0 ? 0 : ArrayBytes + _words.Length * (long)sizeof(ulong);

    public static long BytesFor(int entries) => ArrayBytes + BlocksFor(entries) * (long)BlockBytes;

    /// <summary>Begins anew, for a cache of so many entries.</summary>
    public void Resize(int entries)
    {
        _words = new ulong[BlocksFor(entries) * BlockWords];
        _sample = SampleFactor * (long)Math.Max(1, entries);
        _added = 0;
    }

    public void Clear() => (_words, _added) = ([], 0);

    /// <summary>Counts a key, so many times.</summary>
    public void Add(uint hash, int times = 1)
    {
        if (_words.Length == 0 || times == 0) return;
        var block = BlockOf(hash);
        var counters = CountersOf(hash);
        var added = 0;
        for (var row = 0; row < Rows; row++, counters >>= 5)
        {
            var (word, shift) = Locate(row, counters);
            var more = Math.Min(times, Most - ((int)(block[word] >> shift) & Most));
            block[word] += (ulong)more << shift;
            added = Math.Max(added, more);
        }

        _added += added;
        if (_added >= _sample) Halve();
    }

    /// <summary>How often a key was counted, or more.</summary>
    public int Estimate(uint hash)
    {
        if (_words.Length == 0) return 0;
        var block = BlockOf(hash);
        var counters = CountersOf(hash);
        var least = Most;
        for (var row = 0; row < Rows; row++, counters >>= 5)
        {
            var (word, shift) = Locate(row, counters);
            least = Math.Min(least, (int)(block[word] >> shift) & Most);
        }

        return least;
    }

    private static int BlocksFor(int entries) => Math.Max(1, (entries - 1) / (entries <= FewEntries ? EntriesPerBlockOfFew : EntriesPerBlock) + 1);

    // Two words for each row.
    private static (int Word, int Shift) Locate(int row, uint counters) => (row * 2 + (int)((counters >> 4) & 1), (int)(counters & 15) * CounterBits);

    private static uint CountersOf(uint hash) => BitOperations.RotateLeft(hash * 0x85EBCA6Bu, 15) * 0xC2B2AE35u;

    private void Halve()
    {
        foreach (ref var word in _words.AsSpan()) word = (word >> 1) & HalfMask;
        _added /= 2;
    }

    private Span<ulong> BlockOf(uint hash)
    {
        var block = KeyHash.PlaceOf(hash, _words.Length / BlockWords);
        return _words.AsSpan(block * BlockWords, BlockWords);
    }
}
