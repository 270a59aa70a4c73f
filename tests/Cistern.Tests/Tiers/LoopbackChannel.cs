namespace Cistern.Tests.Tiers;

/// <summary>A channel between the tiers of one test: what one sends, the others hear at once, unless the test has it fail or lose messages.</summary>
internal sealed class LoopbackChannel : IInvalidationChannel
{
    private readonly List<LoopbackChannel> _all;
    private IInvalidationListener? _listener;

    private LoopbackChannel(List<LoopbackChannel> all) => _all = all;

    /// <summary>Whether sending fails.</summary>
    public bool Fails { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Channels that hear each other.</summary>
    public static LoopbackChannel[] Create(int count)
    {
        var all = new List<LoopbackChannel>();
        for (var i = 0; i < count; i++) all.Add(new LoopbackChannel(all));
        return [.. all];
    }

    /// <summary>Tells the listener that messages were lost.</summary>
    public ValueTask LoseAsync() => _listener!.OnMessagesLostAsync();

    public ValueTask ListenAsync(IInvalidationListener listener, CancellationToken cancellationToken)
    {
        if (Fails) throw new CacheBackendException("the channel is cut");
        _listener = listener;
        return default;
    }

    public ValueTask SendAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => TellAsync(listener => listener.OnChangedAsync(keys));

    public ValueTask SendAllAsync(CancellationToken cancellationToken) => TellAsync(listener => listener.OnAllChangedAsync());

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }

    private async ValueTask TellAsync(Func<IInvalidationListener, ValueTask> tell)
    {
        if (Fails) throw new CacheBackendException("the channel is cut");
        foreach (var other in _all.Where(channel => channel != this && channel._listener is not null)) await tell(other._listener!);
    }
}
