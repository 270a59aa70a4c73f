namespace Cistern;

/// <summary>
/// Whether a tier may be asked: after some faults in a row it is left alone for a while, then one call tries it, and its outcome decides. Safe for concurrent use.
/// </summary>
internal sealed class TierBreaker(int faultsUntilDown, TimeSpan downTime, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private int _faults;
    private long _downSince;
    private bool _isDown;
    private bool _isTried;

    /// <summary>Whether the tier is down.</summary>
    public bool IsDown
    {
        get { lock (_lock) return _isDown; }
    }

    /// <summary>Asks for one call. Whoever gets it says how it ended.</summary>
    /// <param name="wait">How long it will be left alone, if not.</param>
    public bool TryEnter(out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = TimeSpan.Zero;
            if (!_isDown) return true;
            wait = downTime - clock.GetElapsedTime(_downSince);
            if (wait > TimeSpan.Zero || _isTried) return false;
            _isTried = true;
            return true;
        }
    }

    /// <summary>The call was answered.</summary>
    public void Succeed()
    {
        // Nearly always there is nothing to say, and many say it at once.
        if (Volatile.Read(ref _faults) == 0) return;
        lock (_lock)
        {
            _faults = 0;
            _isDown = _isTried = false;
        }
    }

    /// <summary>The call failed.</summary>
    public void Fail()
    {
        lock (_lock)
        {
            if (_faults < faultsUntilDown) _faults++;
            if (_faults < faultsUntilDown) return;

            // A call that began before the tier was down says nothing new. While one tries it, it may be taken for that one, which costs some time, or another try.
            if (_isDown && !_isTried) return;
            _downSince = clock.GetTimestamp();
            _isDown = true;
            _isTried = false;
        }
    }

    /// <summary>The call ended without saying anything of the tier: its caller did not wait.</summary>
    public void Leave()
    {
        lock (_lock) _isTried = false;
    }
}
