namespace Cistern;

/// <summary>
/// Chooses among rules as the cache runs: a sample of the keys goes through a shadow of the cache for each rule, and the rule whose shadow has had
/// clearly more hits of late than that of the present rule takes its place. Only the rule changes: what the cache holds stays. Safe for concurrent use.
/// </summary>
/// <param name="goal">What it makes the most of: hits count alike, or by their bytes.</param>
internal sealed class AdaptiveChoice(EvictionGoal goal) : EvictionChoice
{
    // So many entries at least are in a shadow, if there are as many, and no less than a part of all.
    private const int LeastShadowEntries = 128;
    private const int MostSampleBits = 6;

    // Hits count for about so many lookups as a shadow has entries.
    private const double WindowFactor = 8;
    private const int LeastWindowEntries = 64;

    // By so many standard deviations must a rule be better, and by this part of all lookups.
    private const double Confidence = 2;
    private const double LeastGain = 0.002;
    private const double MostWorthOfNow = 1e9;

    // The best before anything is known: of all it loses the least when it is wrong.
    private const int First = 2;

    private static readonly EvictionRule[] Rules = [EvictionRule.S3Fifo, EvictionRule.TinyLfu, EvictionRule.Mixed, EvictionRule.Recency];

    private readonly Lock _lock = new();

    // What the hits of each rule's shadow were worth of late, but for those that all had, and for each two the squares of what only one of them hit.
    private readonly double[] _hits = new double[Rules.Length];
    private readonly double[,] _differences = new double[Rules.Length, Rules.Length];
    private ShadowCache[] _shadows = [];
    private double _weight;
    private double _growth;

    // What comes counts for more and more, instead of what was for less and less: then a lookup on which all rules agree changes nothing else.
    private double _worthOfNow = 1;
    private long _memoryBytes;
    private volatile int _current = First;

    public override EvictionRule Rule => Rules[_current];

    public override long MemoryBytes => Volatile.Read(ref _memoryBytes);

    public override long WantedBytes(long entries, long mostBytes) => _shadows.Length > 0 ? 0 : BytesFor(entries, SampleBits(entries, mostBytes));

    public override bool TryBegin(long entries, long bytes, long mostBytes)
    {
        lock (_lock)
        {
            if (_shadows.Length > 0) return false;
            var bits = SampleBits(entries, mostBytes);
            var shadowEntries = ShadowEntries(entries, bits);
            _growth = 1 / (1 - 1 / (WindowFactor * Math.Max(LeastWindowEntries, shadowEntries)));
            _shadows = [.. Rules.Select(rule => new ShadowCache(rule, shadowEntries, Math.Max(1, bytes >> bits), goal))];
            Volatile.Write(ref _memoryBytes, BytesFor(entries, bits));
            SampledBelow = bits == 0 ? uint.MaxValue : 1u << (32 - bits);
            return true;
        }
    }

    public override void Note(uint hash, int bytes)
    {
        // Who would have to wait is not counted: a sample of the sample is one, too.
        if (!_lock.TryEnter()) return;
        try
        {
            if (_shadows.Length > 0) Ask(hash, bytes);
        }
        finally
        {
            _lock.Exit();
        }
    }

    public override long Clear()
    {
        lock (_lock)
        {
            var held = _memoryBytes;
            SampledBelow = 0;
            _shadows = [];
            _memoryBytes = 0;
            Array.Clear(_hits);
            Array.Clear(_differences);
            (_weight, _worthOfNow) = (0, 1);
            _current = First;
            return held;
        }
    }

    // Of a small cache all keys, but where memory is short.
    private static int SampleBits(long entries, long mostBytes)
    {
        var bits = 0;
        while (bits < MostSampleBits && (entries >> (bits + 1) >= LeastShadowEntries || BytesFor(entries, bits) > mostBytes)) bits++;
        return bits;
    }

    private static long BytesFor(long entries, int bits) => Rules.Length * ShadowCache.BytesFor(ShadowEntries(entries, bits));

    private static int ShadowEntries(long entries, int bits) => (int)Math.Clamp(entries >> bits, 1, int.MaxValue / 64);

    private void Ask(uint hash, int bytes)
    {
        Span<bool> hits = stackalloc bool[Rules.Length];
        for (var rule = 0; rule < hits.Length; rule++) hits[rule] = _shadows[rule].Ask(hash, bytes);
        var worth = goal == EvictionGoal.ByteHits ? (double)bytes : 1;
        _worthOfNow *= _growth;
        if (_worthOfNow > MostWorthOfNow) BeginWithWorthOfOne();
        _weight += worth * _worthOfNow;
        if (!hits.Contains(true) || !hits.Contains(false)) return;
        for (var one = 0; one < hits.Length; one++)
        {
            if (hits[one]) _hits[one] += worth * _worthOfNow;
            for (var other = 0; other < hits.Length; other++)
            {
                if (hits[one] != hits[other]) _differences[one, other] += worth * worth * _worthOfNow;
            }
        }

        Choose();
    }

    private void BeginWithWorthOfOne()
    {
        _weight /= _worthOfNow;
        for (var one = 0; one < Rules.Length; one++)
        {
            _hits[one] /= _worthOfNow;
            for (var other = 0; other < Rules.Length; other++) _differences[one, other] /= _worthOfNow;
        }

        _worthOfNow = 1;
    }

    private void Choose()
    {
        var (best, gain) = (_current, 0.0);
        for (var rule = 0; rule < Rules.Length; rule++)
        {
            var more = _hits[rule] - _hits[_current];
            if (more > gain && more > Confidence * Math.Sqrt(_differences[rule, _current] * _worthOfNow) && more > LeastGain * _weight) (best, gain) = (rule, more);
        }

        _current = best;
    }
}
