namespace Cistern.Testing;

/// <summary>A clock that stands still until it is moved; timers fire as it passes them. Safe for concurrent use.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(TimeSpan DueAt, TaskCompletionSource Set)> _waiting = [];
    private DateTimeOffset _wallStart;
    private TimeSpan _elapsed;

    /// <summary>Creates a clock.</summary>
    /// <param name="start">Where it stands. Null: 2026-01-01 00:00 UTC.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) => _wallStart = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _wallStart + _elapsed;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock) return _elapsed.Ticks;
    }

    /// <summary>Moves the clock forward, and fires the timers it passes, each at its time.</summary>
    /// <param name="step">By how much; not negative.</param>
    public void Advance(TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.Zero);
        TimeSpan target;
        lock (_lock) target = _elapsed + step;
        while (TakeDue(target) is { } timer) timer.Fire();
        lock (_lock) _elapsed = target;
    }

    /// <summary>
    /// Completes as soon as a timer is set that will fire within a time from now: what a test waits for before it moves the clock, when another thread
    /// is still on its way to its wait.
    /// </summary>
    /// <param name="time">The time from now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitForTimerAsync(TimeSpan time, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var dueAt = _elapsed + time;
            if (_timers.Exists(timer => timer.DueAt <= dueAt)) return Task.CompletedTask;
            var set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((dueAt, set));
            return set.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sets the wall clock, backwards too, as an administrator or a time server does: no time passes, so timers and timestamps do not see it.</summary>
    /// <param name="now">What the wall clock shows from now on.</param>
    public void SetUtcNow(DateTimeOffset now)
    {
        lock (_lock) _wallStart = now - _elapsed;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(TimeSpan target)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.DueAt <= target).MinBy(timer => timer.DueAt);
            if (next is null) return null;
            if (next.DueAt > _elapsed) _elapsed = next.DueAt;
            if (next.Period is { } period) next.DueAt += period;
            else _timers.Remove(next);
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public TimeSpan DueAt { get; set; }

        public TimeSpan? Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                if (_disposed) return false;
                owner._timers.Remove(this);
                Period = period > TimeSpan.Zero ? period : null;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                DueAt = owner._elapsed + dueTime;
                owner._timers.Add(this);
                owner._waiting.RemoveAll(waiting => DueAt <= waiting.DueAt && waiting.Set.TrySetResult());
                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                _disposed = true;
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
