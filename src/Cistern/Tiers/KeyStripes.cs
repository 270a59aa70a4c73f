namespace Cistern;

/// <summary>
/// Keeps a copy from outliving what it is a copy of, whatever runs at the same time: keys share stripes, each with a number that changes with every change of one of its keys. A copy is stored only if the
/// number is still the one from before the original was read or written, checked under the stripe's lock, as removals are made under it.
/// </summary>
/// <remarks>Safe for concurrent use. Two keys of one stripe cost each other a copy at times, never a wrong one. The scheme is that of memcached's leases (Nishtala et al., NSDI 2013), for a cache in the same process.</remarks>
internal sealed class KeyStripes
{
    private const int Count = 256;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Count).Select(_ => new Stripe())];

    /// <summary>The stripe of a key.</summary>
    public Stripe Of(string key) => _stripes[(uint)key.GetHashCode() % Count];

    /// <summary>Runs something while no copy is made or removed, and after which no copy that was on its way is stored.</summary>
    public async ValueTask ChangeAllAsync(Func<ValueTask> change)
    {
        // In the same order by everybody who locks several: only here.
        foreach (var stripe in _stripes) await stripe.Lock.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var stripe in _stripes) stripe.MoveOn();
            await change().ConfigureAwait(false);
        }
        finally
        {
            foreach (var stripe in _stripes) stripe.Lock.Release();
        }
    }

    /// <summary>The keys of one number.</summary>
    internal sealed class Stripe
    {
        private long _number;

        /// <summary>Held by whoever stores or removes copies.</summary>
        public SemaphoreSlim Lock { get; } = new(1, 1);

        /// <summary>The number now; read before the original is.</summary>
        public long Number => Volatile.Read(ref _number);

        /// <summary>A change begins or ends: copies that are on their way are stored no more, but those with the number that this returns.</summary>
        public long MoveOn() => Interlocked.Increment(ref _number);
    }
}
