namespace Cistern;

/// <summary>The pieces of a batch that are under way on one connection: as many at once as keep the server busy, and no more. For one caller.</summary>
/// <param name="connection">The connection.</param>
/// <param name="cancellationToken">Ends the wait.</param>
/// <typeparam name="TExchange">The pieces.</typeparam>
internal sealed class ExchangeWindow<TExchange>(Connection connection, CancellationToken cancellationToken) where TExchange : Exchange
{
    private const int Most = 8;

    private readonly Queue<TExchange> _underWay = new(Most);

    /// <summary>Sends a piece, once there is room for it; returns one that is done, if one is to be taken.</summary>
    public async ValueTask<TExchange?> PostAsync(TExchange exchange)
    {
        var done = _underWay.Count < Most ? null : await TakeAsync().ConfigureAwait(false);
        connection.Post(exchange);
        _underWay.Enqueue(exchange);
        return done;
    }

    /// <summary>Waits for the oldest piece; null when none is left.</summary>
    public async ValueTask<TExchange?> TakeAsync()
    {
        if (!_underWay.TryDequeue(out var exchange)) return null;
        await exchange.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return exchange;
    }
}
