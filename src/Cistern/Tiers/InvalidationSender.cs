namespace Cistern;

/// <summary>
/// Sends what changed to the others, in the background: what changes while a message is on its way goes with the next one. What could not be sent is kept and sent again. Safe for concurrent use.
/// </summary>
internal sealed class InvalidationSender(IInvalidationChannel channel, TimeProvider clock) : IAsyncDisposable
{
    // More are told as "everything": remembering them would cost the memory that the copies are there to save.
    private const int MostKeys = 10_000;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private HashSet<string> _keys = [];
    private bool _isAll;
    private int _onTheirWay;
    private Task _sending = Task.CompletedTask;
    private bool _isSending;
    private bool _isDisposed;

    /// <summary>How many keys are not sent yet; for everything, as many as are kept apart at most.</summary>
    public long Unsent
    {
        get { lock (_lock) return _isAll ? MostKeys : _keys.Count + _onTheirWay; }
    }

    /// <summary>Keys changed.</summary>
    public void Send(IEnumerable<string> keys)
    {
        lock (_lock)
        {
            Add(keys);
            Start();
        }
    }

    /// <summary>Every key may have changed.</summary>
    public void SendAll()
    {
        lock (_lock)
        {
            _keys.Clear();
            _isAll = true;
            Start();
        }
    }

    /// <summary>Sends what is left, unless that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        Task sending;
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            sending = _sending;
        }

        _stop.CancelAfter(LastWait);
        await sending.ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Add(IEnumerable<string> keys)
    {
        if (_isAll) return;
        _keys.UnionWith(keys);
        if (_keys.Count <= MostKeys) return;
        _keys = [];
        _isAll = true;
    }

    private void Start()
    {
        if (_isSending || _isDisposed) return;
        _isSending = true;
        _sending = Task.Run(SendAsync);
    }

    private async Task SendAsync()
    {
        while (true)
        {
            HashSet<string> keys;
            bool isAll;
            lock (_lock)
            {
                (keys, isAll) = (_keys, _isAll);
                (_keys, _isAll, _onTheirWay) = ([], false, isAll ? MostKeys : keys.Count);
                if (keys.Count == 0 && !isAll)
                {
                    _isSending = false;
                    return;
                }
            }

            if (await TrySendAsync(keys, isAll).ConfigureAwait(false)) continue;
            lock (_lock)
            {
                _onTheirWay = 0;
                _isAll |= isAll;
                Add(keys);
                if (_stop.IsCancellationRequested)
                {
                    _isSending = false;
                    return;
                }
            }

            await Task.Delay(RetryPause, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TrySendAsync(HashSet<string> keys, bool isAll)
    {
        try
        {
            if (isAll) await channel.SendAllAsync(_stop.Token).ConfigureAwait(false);
            else await channel.SendAsync(keys, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            // Whatever it was: the others must be told, and nobody else does it.
            return false;
        }
    }
}
