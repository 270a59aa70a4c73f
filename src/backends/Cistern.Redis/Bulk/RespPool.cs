using System.Collections.Concurrent;

namespace Cistern;

/// <summary>Connections to servers that nobody uses at the moment. Safe for concurrent use.</summary>
internal sealed class RespPool(RespSettings settings) : IDisposable
{
    private const int MostIdle = 4;

    private readonly ConcurrentDictionary<RespTarget, ConcurrentStack<RespConnection>> _idle = new();
    private volatile bool _isDisposed;

    /// <summary>A connection that is the caller's until it gives it back or disposes it.</summary>
    public async ValueTask<RespConnection> RentAsync(RespTarget server, CancellationToken cancellationToken)
    {
        while (IdleOf(server).TryPop(out var idle))
        {
            if (idle.IsAlive) return idle;
            idle.Dispose();
        }

        return await RespConnection.OpenAsync(server, settings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a connection back, all of whose answers were read.</summary>
    public void Return(RespConnection connection)
    {
        var idle = IdleOf(connection.Server);
        connection.Output.Trim();
        if (idle.Count < MostIdle) idle.Push(connection);
        else connection.Dispose();
        if (_isDisposed) Dispose();
    }

    public void Dispose()
    {
        _isDisposed = true;
        foreach (var idle in _idle.Values)
        {
            while (idle.TryPop(out var connection)) connection.Dispose();
        }
    }

    private ConcurrentStack<RespConnection> IdleOf(RespTarget server) => _idle.GetOrAdd(server, static _ => new());
}
