namespace Cistern.Tests.Backfill;

/// <summary>The settings of one model run. All of them vary; none is ever out of range.</summary>
public sealed record ModelSettings
{
    public required IReadOnlyList<(string Key, string Value)> Source { get; init; }

    public required BackfillOptions Options { get; init; }

    public required InMemoryBackendOptions Backend { get; init; }
}

/// <summary>
/// What a backfilling cache over the in-memory backend must do, written as plainly as possible: lists, full scans, no cleverness. It
/// keeps every lookup ever made and recomputes the rate from them each time.
/// </summary>
public sealed class BackfillModel(ModelSettings settings)
{
    private enum Kind
    {
        Hit,
        Miss,
        Absent,
    }

    private sealed class Held
    {
        public required string Key { get; init; }

        public string Value { get; set; } = "";

        public long ExpiresAt { get; set; } = long.MaxValue;
    }

    private sealed class Looked
    {
        public Kind Kind { get; set; }

        public long At { get; init; }
    }

    private readonly List<Held> _held = [];
    private readonly List<Looked> _lookups = [];
    private readonly HashSet<string> _absent = [];
    private readonly List<(AuditAction Action, long Loaded, double? Rate, long Count)> _audit = [];
    private bool _isOn;
    private long? _lastBegun;
    private double? _lastRate;
    private int _ineffective;
    private int _automatic;

    public long Now { get; set; }

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    public long SourceMisses { get; private set; }

    public long Backfills { get; private set; }

    public long Loaded { get; private set; }

    public long Skipped { get; private set; }

    public bool Manual { get; private set; }

    public long Evictions { get; private set; }

    public IReadOnlyList<(AuditAction Action, long Loaded, double? Rate, long Count)> Audit => _audit;

    public IEnumerable<string> Keys => _held.Where(IsLive).Select(held => held.Key);

    public long SizeBytes => _held.Where(IsLive).Sum(held => (long)held.Value.Length);

    private BackfillOptions Options => settings.Options;

    public string? Get(string key)
    {
        DropExpired();
        if (_held.Find(held => held.Key == key) is { } found)
        {
            Refresh(found);
            Hits++;
            _lookups.Add(new Looked { Kind = Kind.Hit, At = Now });
            UpdateOn(Rate());
            return found.Value;
        }

        Misses++;
        var looked = new Looked { Kind = Options.ExcludeSourceMisses && _absent.Contains(key) ? Kind.Absent : Kind.Miss, At = Now };
        _lookups.Add(looked);
        BackfillIfDue();

        if (_held.Find(held => held.Key == key) is { } brought) return brought.Value;
        if (settings.Source.FirstOrDefault(entry => entry.Key == key) is not { Key: not null } entry)
        {
            SourceMisses++;
            looked.Kind = Kind.Absent;
            _absent.Add(key);
            return null;
        }

        _absent.Remove(key);
        Store(key, entry.Value, Options.TimeToLive);
        return entry.Value;
    }

    public void Set(string key, string value, TimeSpan? timeToLive)
    {
        DropExpired();
        if (Store(key, value, timeToLive)) _absent.Remove(key);
    }

    public long Force()
    {
        var loaded = Load(long.MaxValue);
        Backfills++;
        Loaded += loaded;
        Note(AuditAction.ForceBackfill, loaded, null);
        return loaded;
    }

    public string? Evict()
    {
        DropExpired();
        if (_held.Count == 0) return null;
        var victim = _held[0];
        _held.RemoveAt(0);
        Evictions++;
        return victim.Key;
    }

    public void Resume()
    {
        _automatic = 0;
        _ineffective = 0;
        _lastRate = null;
        Manual = false;
        Note(AuditAction.Resumed, 0, null);
    }

    public bool Delete(string key)
    {
        DropExpired();
        return _held.RemoveAll(held => held.Key == key) > 0;
    }

    public void Clear() => _held.Clear();

    private void BackfillIfDue()
    {
        var rate = Rate();
        UpdateOn(rate);
        if (InWindow().Count() < Options.MinLookups) return;
        if (!_isOn && rate < Options.MissThreshold) return;
        _isOn = true;
        if (Options.Cooldown is { } cooldown && _lastBegun is { } begun && Now - begun < cooldown.TotalMilliseconds) return;
        if (_automatic >= Options.MaxBackfills || IsIneffective(rate))
        {
            if (settings.Source.Count == 0)
            {
                Skipped++;
                Note(AuditAction.SkippedEmptySource, 0, rate);
                return;
            }

            Manual = true;
            Note(AuditAction.ManualInterventionRequired, 0, rate);
            return;
        }

        if (settings.Source.Count == 0)
        {
            Skipped++;
            Note(AuditAction.SkippedEmptySource, 0, rate);
            return;
        }

        var loaded = Load(Options.BackfillBatch);
        Backfills++;
        Loaded += loaded;
        _automatic++;
        _lastBegun = Now;
        _lastRate = rate;
        Note(AuditAction.Backfill, loaded, rate);
    }

    private bool IsIneffective(double rate)
    {
        if (_lastRate is { } last)
        {
            _ineffective = rate >= last ? _ineffective + 1 : 0;
            _lastRate = null;
        }

        return _ineffective >= Options.MaxIneffectiveBackfills;
    }

    private long Load(long most)
    {
        DropExpired();
        var taken = new List<(string Key, string Value)>();
        foreach (var entry in settings.Source)
        {
            if (taken.Count >= most || taken.Count >= settings.Backend.Capacity) break;
            if (_held.Exists(held => held.Key == entry.Key)) continue;
            if (entry.Value.Length > settings.Backend.MaxSizeBytes) continue;
            if (taken.Sum(other => other.Value.Length) + entry.Value.Length > settings.Backend.MaxSizeBytes) break;
            taken.Add(entry);
        }

        foreach (var (key, value) in taken)
        {
            Assert.True(Store(key, value, Options.TimeToLive));
            _absent.Remove(key);
        }

        Assert.All(taken, entry => Assert.Contains(_held, held => held.Key == entry.Key));
        return taken.Count;
    }

    private bool Store(string key, string value, TimeSpan? timeToLive)
    {
        if (value.Length > settings.Backend.MaxSizeBytes) return false;
        var held = _held.Find(held => held.Key == key);
        while (_held.Count + (held is null ? 1 : 0) > settings.Backend.Capacity
            || _held.Sum(other => (long)other.Value.Length) - (held?.Value.Length ?? 0) + value.Length > settings.Backend.MaxSizeBytes)
        {
            _held.Remove(_held.First(other => other != held));
            Evictions++;
        }

        if (held is null) _held.Add(held = new Held { Key = key });
        else Refresh(held);
        held.Value = value;
        held.ExpiresAt = timeToLive is { } duration ? Now + (long)duration.TotalMilliseconds : long.MaxValue;
        return true;
    }

    private void Refresh(Held held)
    {
        if (settings.Backend.Eviction == EvictionMode.OldestAdded) return;
        _held.Remove(held);
        _held.Add(held);
    }

    private void UpdateOn(double rate)
    {
        if (!_isOn) return;
        if (Options.ClearThreshold is { } clear ? rate > clear : rate >= Options.MissThreshold) return;
        _isOn = false;
        _ineffective = 0;
        _lastRate = null;
        if (Options.ClearThreshold is not null) _lastBegun = null;
    }

    private IEnumerable<Looked> InWindow() => Options.Window switch
    {
        { Lookups: { } count } => _lookups.TakeLast(count),
        { Duration: { } duration } => _lookups.Where(looked => Now - looked.At < duration.TotalMilliseconds),
        _ => _lookups,
    };

    private double Rate()
    {
        var window = InWindow().ToList();
        var absent = Options.ExcludeSourceMisses ? window.Count(looked => looked.Kind == Kind.Absent) : 0;
        var whole = window.Count - absent;
        var part = window.Count(looked => looked.Kind != Kind.Hit) - absent;
        return MissRate.Of(part, whole);
    }

    private void Note(AuditAction action, long loaded, double? rate)
    {
        var counts = action is AuditAction.SkippedEmptySource or AuditAction.ManualInterventionRequired;
        if (counts && _audit.Count > 0 && _audit[^1].Action == action) _audit[^1] = _audit[^1] with { Count = _audit[^1].Count + 1 };
        else _audit.Add((action, loaded, rate, 1));
    }

    private bool IsLive(Held held) => Now < held.ExpiresAt;

    private void DropExpired() => _held.RemoveAll(held => !IsLive(held));
}
