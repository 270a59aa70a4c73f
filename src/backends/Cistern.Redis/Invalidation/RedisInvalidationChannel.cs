using System.Globalization;
using System.Text;
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
    private readonly byte[] _publishedTo;
    private readonly string _name;
    private readonly string _sender = InvalidationMessage.NewName();
    private readonly MessageCount _count = new();
    private readonly CancellationTokenSource _end = new();
    private IInvalidationListener? _listener;
    private IConnectionMultiplexer? _subscribed;
    private bool _hasSubscribed;
    private Task _watch = Task.CompletedTask;
    private int _disposed;

    /// <summary>Creates a channel.</summary>
    /// <param name="connection">The server; stays open when the channel is disposed.</param>
    /// <param name="keys">The prefix.</param>
    /// <param name="options">The name.</param>
    public RedisInvalidationChannel(RedisConnection connection, RedisKeys keys, RedisBackendOptions options)
    {
        _connection = connection;
        _name = options.Name;

        // No entry's key has a NUL in it. Messages do not belong to a database; the counter does.
        _counter = keys.ToServer("\0invalidations");
        var name = $"{keys.Prefix}\0invalidations {connection.Database}";
        _channel = new RedisChannel(name, RedisChannel.PatternMode.Literal);

        // The multiplexer puts a prefix before the channels that it subscribes to, and knows nothing of those that a script publishes to.
        _publishedTo = [.. connection.ChannelPrefix, .. Encoding.UTF8.GetBytes(name)];
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
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
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
            var length = sizeof(int) + Encoding.UTF8.GetByteCount(key);
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
        Unsubscribe();
        _end.Dispose();
    }

    private async ValueTask SendAsync(byte[] payload, CancellationToken cancellationToken)
    {
        try
        {
            RedisValue[] arguments = [InvalidationMessage.NewName(), _publishedTo, payload];
            await _connection.RunAsync(RedisScript.Invalidate, [_counter], arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
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
                // Each for itself: whether or not there is a subscription, the counter tells what was missed.
                await TryAsync(SubscribeAsync).ConfigureAwait(false);
                await TryAsync(LookAsync).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The channel is disposed.
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> step)
    {
        try
        {
            await step(_end.Token).ConfigureAwait(false);
        }
        catch (Exception) when (!_end.IsCancellationRequested)
        {
            // Not there now; in a second it may be.
        }
    }

    // The connection may have been replaced since.
    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        var multiplexer = _connection.Multiplexer;
        if (ReferenceEquals(multiplexer, _subscribed)) return;
        Unsubscribe();
        try
        {
            await _connection.WithinTimeoutAsync(multiplexer.GetSubscriber().SubscribeAsync(_channel, Hear), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // It may still come about, and with the next one everything would be heard twice.
            Unsubscribe(multiplexer);
            throw;
        }

        if (_hasSubscribed) _count.BeginAnew();
        multiplexer.ConnectionRestored += OnRestored;
        (_subscribed, _hasSubscribed) = (multiplexer, true);
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Subscription) _count.BeginAnew();
    }

    private void Unsubscribe()
    {
        if (_subscribed is not { } multiplexer) return;
        _subscribed = null;
        multiplexer.ConnectionRestored -= OnRestored;
        Unsubscribe(multiplexer);
    }

    private void Unsubscribe(IConnectionMultiplexer multiplexer)
    {
        try
        {
            _ = multiplexer.GetSubscriber().UnsubscribeAsync(_channel, Hear, CommandFlags.FireAndForget);
        }
        catch (Exception)
        {
            // It was closed before, with all its subscriptions.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var counter = (string?)await _connection.CallAsync(database => database.StringGetAsync(_counter, CommandFlags.DemandMaster), cancellationToken).ConfigureAwait(false);
        var parts = counter?.Split(':');
        var isLost = parts is [{ } epoch, { } digits] && long.TryParse(digits, CultureInfo.InvariantCulture, out var number) ? _count.Look(epoch, number) : _count.Look(null, 0);
        if (isLost) await _listener!.OnMessagesLostAsync().ConfigureAwait(false);
    }

    private void Hear(RedisChannel channel, RedisValue value)
    {
        if (InvalidationMessage.Parse(value) is { } message) _ = HeedAsync(message);
    }

    // Counted when it was heeded: until then it is not known to have arrived.
    private async Task HeedAsync(InvalidationMessage message)
    {
        if (message.Sender != _sender)
        {
            if (message.Keys.Count == 0) await _listener!.OnAllChangedAsync().ConfigureAwait(false);
            else await _listener!.OnChangedAsync(message.Keys).ConfigureAwait(false);
        }

        _count.Note(message.Epoch, message.Number);
    }
}
