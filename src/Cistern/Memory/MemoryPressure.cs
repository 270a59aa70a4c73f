namespace Cistern;

/// <summary>
/// Has the caches of a process shrink when its memory runs short, and grow back when there is enough again. It looks when memory was taken, and after collections of the
/// oldest generation; no timer, no thread of its own. Safe for concurrent use.
/// </summary>
/// <param name="read">Tells how much memory is in use.</param>
internal sealed class MemoryPressure(Func<MemoryLoad> read)
{
    /// <summary>Beyond this share of what there is, caches shrink. A heap with a limit is full before all of it is in use.</summary>
    public const double HighShare = 0.80;

    // Below this one they may grow. In between nothing happens, so that they do not do both in turn.
    private const double LowShare = 0.70;

    /// <summary>A cache that holds less is left as it is: there is nothing to save.</summary>
    public const long LeastBytes = 1024 * 1024;

    // Not more of a cache at once, and not less.
    private const int MostShrinkPart = 2;
    private const int LeastStepPart = 16;
    private const long BytesBetweenLooks = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Lock _looking = new();
    private readonly List<Member> _members = [];
    private long _taken;
    private int _isQueued;
    private int _shrunkAtCollection = -1;

    /// <summary>The one that all caches share.</summary>
    public static MemoryPressure OfProcess { get; } = CreateOfProcess();

    /// <summary>From now on an engine shrinks and grows, for as long as it is there.</summary>
    public void Add(MemoryEngine engine)
    {
        lock (_lock) _members.Add(new Member(engine));
    }

    public void Remove(MemoryEngine engine)
    {
        lock (_lock) _members.RemoveAll(member => !member.Engine.TryGetTarget(out var other) || other == engine);
    }

    /// <summary>Memory was taken. Looks now and then, on another thread.</summary>
    public void Took(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) < BytesBetweenLooks) return;
        Volatile.Write(ref _taken, 0);
        LookSoon();
    }

    /// <summary>Looks how much memory is in use, and has caches shrink or grow.</summary>
    public void Look()
    {
        // Evicting takes its time: whoever opens or closes a cache need not wait for it.
        Member[] members;
        lock (_lock)
        {
            _members.RemoveAll(member => !member.Engine.TryGetTarget(out _));
            members = [.. _members];
        }

        lock (_looking)
        {
            var load = read();
            var held = members.Sum(member => member.HeldBytes);
            if (load.AvailableBytes <= 0) return;
            if (load.Share > HighShare) Shrink(members, load.UsedBytes - (long)(LowShare * load.AvailableBytes), held, load.Collections);
            else if (load.Share < LowShare) Grow(members, (long)(LowShare * load.AvailableBytes) - load.UsedBytes, held);
        }
    }

    private static MemoryPressure CreateOfProcess()
    {
        var pressure = new MemoryPressure(MemoryLoad.Read);
        _ = new CollectionSignal(pressure);
        return pressure;
    }

    private void LookSoon()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 1) return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static pressure =>
            {
                // Nobody is there to be told; it looks again when more memory is taken.
                try { pressure.Look(); }
                catch (Exception) { }
                finally { Volatile.Write(ref pressure._isQueued, 0); }
            },
            this, preferLocal: false);
    }

    private void Shrink(Member[] members, long surplus, long held, int collections)
    {
        // What was evicted is in use until it is collected: the same surplus must not be taken twice.
        if (_shrunkAtCollection == collections) return;
        _shrunkAtCollection = collections;
        foreach (var member in members)
        {
            var own = member.HeldBytes;
            member.ShrinkTo(own - Math.Clamp(Part(surplus, own, held), own / LeastStepPart, own / MostShrinkPart));
        }
    }

    private void Grow(Member[] members, long room, long held)
    {
        _shrunkAtCollection = -1;
        foreach (var member in members)
        {
            if (member.LimitBytes is not { } limit) continue;
            var own = member.HeldBytes;
            if (room > own) member.Limit(null);
            else member.Limit(limit + Math.Max(Part(room, own, held) / 2, own / LeastStepPart));
        }
    }

    // The part of all that is for a cache, by what it holds.
    private static long Part(long bytes, long own, long held) => held == 0 ? 0 : (long)((double)bytes * own / held);

    private sealed class Member(MemoryEngine engine)
    {
        public WeakReference<MemoryEngine> Engine { get; } = new(engine);

        public long? LimitBytes { get; private set; }

        public long HeldBytes => Engine.TryGetTarget(out var engine) ? engine.GetMemoryBytes() : 0;

        public void Limit(long? bytes)
        {
            LimitBytes = bytes;
            if (Engine.TryGetTarget(out var engine)) engine.LimitMemory(bytes);
        }

        // Trimmed first: beyond its limit a cache has no room for what was used and is to stay.
        public void ShrinkTo(long bytes)
        {
            if (Engine.TryGetTarget(out var engine) && HeldBytes is > 0 and var held) engine.Trim(1 - (double)bytes / held);
            Limit(Math.Max(bytes, HeldBytes));
        }
    }

    /// <summary>Nobody's: the collector finds it, and says so by finalizing it. It comes back, and grows old.</summary>
    private sealed class CollectionSignal(MemoryPressure pressure)
    {
#pragma warning disable MA0055 // There is no other way to learn of a collection without asking again and again.
        ~CollectionSignal()
#pragma warning restore MA0055
        {
            try { pressure.LookSoon(); }
            catch (OutOfMemoryException) { }
            GC.ReRegisterForFinalize(this);
        }
    }
}
