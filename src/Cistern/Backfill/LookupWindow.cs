namespace Cistern;

/// <summary>The lookups over which the miss rate is taken. One type per kind of <see cref="MissWindow"/>.</summary>
internal abstract class LookupWindow
{
    public LookupCounts Counts { get; protected set; }

    public static LookupWindow Create(MissWindow window) => window switch
    {
        { Lookups: { } lookups } => new CountedWindow(lookups),
        { Duration: { } duration } => new TimedWindow(duration),
        _ => new CumulativeWindow(),
    };

    /// <summary>Adds a lookup and drops those that leave the window.</summary>
    /// <param name="lookup">Its number, one higher than the last.</param>
    /// <param name="kind">How it counts.</param>
    /// <param name="now">Milliseconds; ignored by windows without time.</param>
    /// <returns>Where the lookup lies, for <see cref="MarkAbsent"/>.</returns>
    public abstract long Add(long lookup, LookupKind kind, long now);

    /// <summary>Whether hits may be added later, many at once: where neither their place nor their time matters.</summary>
    public virtual bool TakesHitsLate => false;

    /// <summary>Adds hits late, if <see cref="TakesHitsLate"/>.</summary>
    public virtual void AddHits(long count) => throw new NotSupportedException("This window needs every hit as it comes.");

    /// <summary>Turns a miss into the miss of an absent key, if it is still in the window.</summary>
    /// <param name="place">What <see cref="Add"/> returned for it.</param>
    public abstract void MarkAbsent(long place);

    private sealed class CumulativeWindow : LookupWindow
    {
        public override bool TakesHitsLate => true;

        public override void AddHits(long count) => Counts = Counts.With(LookupKind.Hit, count);

        public override long Add(long lookup, LookupKind kind, long now)
        {
            Counts = Counts.With(kind);
            return lookup;
        }

        public override void MarkAbsent(long place) => Counts = Counts.WithAbsent();
    }

    /// <summary>A ring of the latest lookups, one byte each, grown as they come.</summary>
    private sealed class CountedWindow(int capacity) : LookupWindow
    {
        private LookupKind[] _ring = new LookupKind[Math.Min(capacity, 1024)];
        private long _newest;

        public override long Add(long lookup, LookupKind kind, long now)
        {
            if (lookup > _ring.Length && _ring.Length < capacity) Array.Resize(ref _ring, (int)Math.Min(capacity, _ring.Length * 2L));
            ref var slot = ref _ring[(lookup - 1) % _ring.Length];
            if (lookup > capacity) Counts = Counts.With(slot, -1);
            slot = kind;
            Counts = Counts.With(kind);
            return _newest = lookup;
        }

        public override void MarkAbsent(long place)
        {
            if (place <= _newest - capacity) return;
            _ring[(place - 1) % _ring.Length] = LookupKind.AbsentMiss;
            Counts = Counts.WithAbsent();
        }
    }

    /// <summary>A queue of counts per step of time.</summary>
    private sealed class TimedWindow(TimeSpan duration) : LookupWindow
    {
        private const int MostSteps = 65_536;

        private readonly long _steps = Steps(duration);
        private readonly long _step = Step(duration);
        private readonly Dictionary<long, LookupCounts> _counts = [];
        private readonly Queue<long> _times = new();
        private long _newest = long.MinValue;

        public override long Add(long lookup, LookupKind kind, long now)
        {
            // A clock that is set back must not bring time to a halt: such lookups count as now.
            var time = _newest = Math.Max(now / _step, _newest);
            while (_times.TryPeek(out var oldest) && oldest <= time - _steps)
            {
                Counts = Counts.Without(_counts[oldest]);
                _counts.Remove(oldest);
                _times.Dequeue();
            }

            if (_counts.TryGetValue(time, out var counts)) _counts[time] = counts.With(kind);
            else
            {
                _times.Enqueue(time);
                _counts[time] = default(LookupCounts).With(kind);
            }

            Counts = Counts.With(kind);
            return time;
        }

        public override void MarkAbsent(long place)
        {
            if (!_counts.TryGetValue(place, out var counts)) return;
            _counts[place] = counts.WithAbsent();
            Counts = Counts.WithAbsent();
        }

        private static long Step(TimeSpan duration) => Math.Max(1, ((long)duration.TotalMilliseconds + MostSteps - 1) / MostSteps);

        private static long Steps(TimeSpan duration) => ((long)duration.TotalMilliseconds + Step(duration) - 1) / Step(duration);
    }
}
