namespace Cistern;

/// <summary>
/// Decides when a cache refills itself: threshold, hysteresis, cooldown, limits, one at a time. All state is under one lock, so that a
/// miss is counted and decided on in one step; only hits are counted beside it where their order does not matter. Safe for concurrent use.
/// </summary>
internal sealed class BackfillGate(BackfillOptions options, TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MissMonitor _monitor = new(options.Window);

    // Held by the one backfill that runs; taken without waiting under the lock, with waiting by a forced backfill.
    private readonly SemaphoreSlim _exclusive = new(1);

    // Hits that are counted without the lock, and added to the monitor before anything reads it.
    private long _pendingHits;

    // A clock costs more than a counted hit: read it only where time matters.
    private readonly bool _usesTime = options.Window.Duration is not null || options.Cooldown is not null;

    private bool _isOn;
    private long? _begunBefore;
    private long? _lastBegun;
    private double? _lastRate;
    private int _ineffective;
    private long _automatic;
    private long _backfills;
    private long _skipped;
    private long _loaded;
    private bool _manual;

    private double Rate => _monitor.InWindow.Rate(options.ExcludeSourceMisses);

    private long Now => _usesTime ? clock.GetUtcNow().ToUnixTimeMilliseconds() : 0;

    /// <summary>All lookups so far.</summary>
    public long Lookups
    {
        get
        {
            lock (_lock)
            {
                AddPendingHits();
                return _monitor.Lookups;
            }
        }
    }

    public void RecordHit()
    {
        if (_monitor.TakesHitsLate)
        {
            Interlocked.Increment(ref _pendingHits);
            return;
        }

        var now = Now;
        lock (_lock)
        {
            _monitor.Record(LookupKind.Hit, now);
            if (_isOn) TurnOffIfCleared(Rate);
        }
    }

    /// <summary>Counts a miss and decides on it. After <see cref="BackfillDecision.Run"/> the caller must call <see cref="Leave"/>.</summary>
    public RecordedMiss RecordMiss(bool knownAbsent)
    {
        var now = Now;
        lock (_lock)
        {
            AddPendingHits();
            var place = _monitor.Record(knownAbsent ? LookupKind.AbsentMiss : LookupKind.Miss, now);
            var rate = Rate;
            return new RecordedMiss(Decide(rate, now), rate, _monitor.Lookups, knownAbsent ? null : place);
        }
    }

    public void RecordSourceMiss(long? place)
    {
        lock (_lock) _monitor.RecordSourceMiss(place);
    }

    /// <summary>Waits for the backfill that runs and keeps others from starting until <see cref="Leave"/>.</summary>
    public Task EnterForcedAsync(CancellationToken cancellationToken) => _exclusive.WaitAsync(cancellationToken);

    /// <summary>Lets the next backfill in.</summary>
    public void Leave() => _exclusive.Release();

    /// <summary>Counts a backfill that ran, well or not. What it spends was taken when it was decided.</summary>
    /// <param name="loaded">How many entries it loaded.</param>
    public void CountBackfill(long loaded)
    {
        lock (_lock)
        {
            _backfills++;
            _loaded += loaded;
        }
    }

    /// <summary>Gives back what an automatic backfill took when it was decided, as the source turned out to be empty: it spends nothing and starts no cooldown.</summary>
    public void Refund()
    {
        lock (_lock)
        {
            _automatic = Math.Max(0, _automatic - 1);
            _lastRate = null;
            _lastBegun = _begunBefore;
        }
    }

    /// <summary>Counts a backfill that was due but not run, as the source is empty.</summary>
    public void CountSkipped()
    {
        lock (_lock) _skipped++;
    }

    public void RequireManualIntervention()
    {
        lock (_lock) _manual = true;
    }

    public void Resume()
    {
        lock (_lock)
        {
            _automatic = 0;
            _ineffective = 0;
            _lastRate = null;
            _manual = false;
        }
    }

    public BackfillStats ReadStats(long backendFaults)
    {
        lock (_lock)
        {
            AddPendingHits();
            return new BackfillStats
            {
                Hits = _monitor.Hits,
                Misses = _monitor.Misses,
                SourceMisses = _monitor.SourceMisses,
                Backfills = _backfills,
                Loaded = _loaded,
                SkippedBackfills = _skipped,
                ManualInterventionRequired = _manual,
                BackendFaults = backendFaults,
                WindowMissRate = Rate,
            };
        }
    }

    public void Dispose() => _exclusive.Dispose();

    // Under the lock, before whatever depends on them. Hits only lower the rate: all at once they decide what they would one after another.
    private void AddPendingHits()
    {
        if (!_monitor.TakesHitsLate || Interlocked.Exchange(ref _pendingHits, 0) is not (> 0 and var pending)) return;
        _monitor.RecordHits(pending);
        if (_isOn) TurnOffIfCleared(Rate);
    }

    private BackfillDecision Decide(double rate, long now)
    {
        if (_isOn) TurnOffIfCleared(rate);
        if (_monitor.InWindow.Lookups < options.MinLookups) return BackfillDecision.None;
        if (!_isOn && rate < options.MissThreshold) return BackfillDecision.None;
        _isOn = true;
        if (IsCoolingDown(now)) return BackfillDecision.None;
        if (_automatic >= options.MaxBackfills || _ineffective >= options.MaxIneffectiveBackfills) return BackfillDecision.Refused;
        if (!_exclusive.Wait(0)) return BackfillDecision.None;

        if (_lastRate is { } last)
        {
            _ineffective = rate >= last ? _ineffective + 1 : 0;
            _lastRate = null;
            if (_ineffective >= options.MaxIneffectiveBackfills)
            {
                _exclusive.Release();
                return BackfillDecision.Refused;
            }
        }

        // Taken here, under the lock, not when it is over: until then another miss could be let in on the old figures, and what an episode
        // that has ended meanwhile has cleared would come back.
        _automatic++;
        _begunBefore = _lastBegun;
        _lastBegun = now;
        _lastRate = rate;
        return BackfillDecision.Run;
    }

    private bool IsCoolingDown(long now) =>
        options.Cooldown is { } cooldown && _lastBegun is { } begun && now - begun < (long)cooldown.TotalMilliseconds;

    private void TurnOffIfCleared(double rate)
    {
        if (options.ClearThreshold is { } clear ? rate > clear : rate >= options.MissThreshold) return;
        _isOn = false;
        _ineffective = 0;
        _lastRate = null;

        // With a clear threshold this episode is over, and the next one need not wait for its cooldown. Without one, a single hit may
        // bring the rate under the threshold: then the cooldown holds on.
        if (options.ClearThreshold is not null) _lastBegun = null;
    }
}
