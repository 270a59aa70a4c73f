namespace Cistern;

/// <summary>The far tier: asked unless it is down. Safe for concurrent use.</summary>
internal sealed class FarTier(CacheBackend far, TieredBackendOptions options, TimeProvider clock)
{
    private readonly TierBreaker _breaker = new(options.FaultsUntilDown, options.DownTime, clock);
    private long _faults;
    private long _refusals;

    /// <summary>How many calls failed.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <summary>How many calls were not made.</summary>
    public long Refusals => Interlocked.Read(ref _refusals);

    /// <summary>Whether it is down.</summary>
    public bool IsDown => _breaker.IsDown;

    /// <summary>Asks for one call, to be made by <see cref="CallAsync"/>, where something is to be done between the two that a tier which is down must not cause.</summary>
    /// <exception cref="CacheBackendException">It is down.</exception>
    public void Enter()
    {
        if (_breaker.TryEnter(out var wait)) return;
        Interlocked.Increment(ref _refusals);
        throw new CacheBackendException(wait > TimeSpan.Zero
            ? $"{far.Name}: the far tier is down; it is tried again in {wait.TotalSeconds:0.0} s."
            : $"{far.Name}: the far tier is down; it is being tried again.");
    }

    /// <summary>Makes a call if it is not down.</summary>
    /// <exception cref="CacheBackendException">It is down, or the call failed.</exception>
    public ValueTask<T> AskAsync<TAsked, T>(TAsked asked, Func<CacheBackend, TAsked, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        Enter();
        return CallAsync(asked, call, cancellationToken);
    }

    /// <summary>Makes a call that was asked for.</summary>
    public async ValueTask<T> CallAsync<TAsked, T>(TAsked asked, Func<CacheBackend, TAsked, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await call(far, asked, cancellationToken).ConfigureAwait(false);
            _breaker.Succeed();
            return answer;
        }
        catch (Exception fault)
        {
            Note(fault);
            throw;
        }
    }

    /// <summary>Waits for a later step of a call that was made before: its fault counts. That it went well says little, as what was answered long ago may be left.</summary>
    public async ValueTask<T> NoteFaultAsync<T>(ValueTask<T> step)
    {
        try
        {
            return await step.ConfigureAwait(false);
        }
        catch (CacheBackendException fault)
        {
            Note(fault);
            throw;
        }
    }

    private void Note(Exception fault)
    {
        if (fault is CacheBackendException)
        {
            Interlocked.Increment(ref _faults);
            _breaker.Fail();
        }
        else
        {
            _breaker.Leave();
        }
    }
}
