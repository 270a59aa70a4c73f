using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// Tells the users of one server and prefix by its publish and subscribe what changed. The server forgets a message that somebody did not hear, so it numbers them, and once a second everybody looks whether all that were
/// numbered arrived. Safe for concurrent use.
/// </summary>
internal sealed class RedisInvalidationChannel : IInvalidationChannel
{
    // A server that is told of more does nothing else meanwhile, and so do those who hear it.
    private const int MostMessageBytes = 256 * 1024;
    private const int MostMessages = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RedisConnection _connection;
    private readonly RedisKey _counter;
    private readonly RedisChannel _channel;
    private readonly string _name;
    private readonly string _sender = InvalidationMessage.NewName();
    private readonly MessageCount _count = new();
    private readonly CancellationTokenSource _end = new();
    private IInvalidationListener? _listener;
    private IConnectionMultiplexer? _subscribed;
    private Task _watch = Task.CompletedTask;
    private int _disposed;

    /// <summary>Creates a channel.</summary>
    /// <param name="connection">The server; stays open when the channel is disposed.</param>
    /// <param name="keys">The prefix.</param>
    /// <param name="options">The name and the database.</param>
    public RedisInvalidationChannel(RedisConnection connection, RedisKeys keys, RedisBackendOptions options)
    {
        _connection = connection;
        _name = options.Name;

        // No entry's key has a NUL in it. Messages do not belong to a database; the counter does.
        _counter = keys.ToServer("\0invalidations");
        _channel = new RedisChannel($"{keys.Prefix}\0invalidations {options.Database ?? 0}", RedisChannel.PatternMode.Literal);
    }

    /// <inheritdoc/>
    public async ValueTask ListenAsync(IInvalidationListener listener, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        _listener = listener;
        try
        {
            // In this order: what is sent between the two is heard and counted.
            await SubscribeAsync(cancellationToken).ConfigureAwait(false);
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException)
        {
            throw new CacheBackendException($"{_name}: listening to what others change failed: {fault.Message}", fault);
        }

        _watch = WatchAsync();
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var messages = new List<byte[]>();
        var part = new List<string>();
        var bytes = 0;
        foreach (var key in keys)
        {
            var length = sizeof(int) + System.Text.Encoding.UTF8.GetByteCount(key);
            if (part.Count > 0 && bytes + length > MostMessageBytes)
            {
                messages.Add(InvalidationMessage.Payload(_sender, part));
                (part, bytes) = ([], 0);
            }

            part.Add(key);
            bytes += length;
        }

        if (part.Count > 0) messages.Add(InvalidationMessage.Payload(_sender, part));
        if (messages.Count > MostMessages) messages = [InvalidationMessage.Payload(_sender, [])];
        foreach (var message in messages) await SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask SendAllAsync(CancellationToken cancellationToken) => SendAsync(InvalidationMessage.Payload(_sender, []), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _end.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        _ = _subscribed?.GetSubscriber().UnsubscribeAsync(_channel, Hear, CommandFlags.FireAndForget);
        _end.Dispose();
    }

    private async ValueTask SendAsync(byte[] payload, CancellationToken cancellationToken)
    {
        try
        {
            RedisValue[] arguments = [InvalidationMessage.NewName(), (byte[])_channel!, payload];
            await _connection.RunAsync(RedisScript.Invalidate, [_counter], arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new CacheBackendException($"{_name}: telling others what changed failed: {fault.Message}", fault);
        }
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                try
                {
                    // The connection may have been replaced since.
                    await SubscribeAsync(_end.Token).ConfigureAwait(false);
                    await LookAsync(_end.Token).ConfigureAwait(false);
                }
                catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
                {
                    // Not there now: when it is, the counter tells what was missed.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The channel is disposed.
        }
    }

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        var multiplexer = _connection.Multiplexer;
        if (ReferenceEquals(multiplexer, _subscribed)) return;
        await _connection.WithinTimeoutAsync(multiplexer.GetSubscriber().SubscribeAsync(_channel, Hear), cancellationToken).ConfigureAwait(false);
        _subscribed = multiplexer;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var counter = (string?)await _connection.CallAsync(database => database.StringGetAsync(_counter, CommandFlags.DemandMaster), cancellationToken).ConfigureAwait(false);
        var parts = counter?.Split(':');
        var isLost = parts is [{ } epoch, { } digits] && long.TryParse(digits, System.Globalization.CultureInfo.InvariantCulture, out var number) ? _count.Look(epoch, number) : _count.Look(null, 0);
        if (isLost) await _listener!.OnMessagesLostAsync().ConfigureAwait(false);
    }

    private void Hear(RedisChannel channel, RedisValue value)
    {
        if (InvalidationMessage.Parse(value) is { } message) _ = HeedAsync(message);
    }

    // Counted when it was heeded: until then it is not known to have arrived.
    private async Task HeedAsync(InvalidationMessage message)
    {
        try
        {
            if (message.Sender != _sender)
            {
                if (message.Keys.Count == 0) await _listener!.OnAllChangedAsync().ConfigureAwait(false);
                else await _listener!.OnChangedAsync(message.Keys).ConfigureAwait(false);
            }

            _count.Note(message.Epoch, message.Number);
        }
        catch (ObjectDisposedException)
        {
            // Whoever listened is gone.
        }
    }
}
