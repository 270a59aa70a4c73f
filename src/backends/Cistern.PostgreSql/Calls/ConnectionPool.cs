using Npgsql;

namespace Cistern;

/// <summary>
/// Where connections come from. Calls that were left behind in a server that hangs, or on a network that lost it, keep their connections for as long as that lasts; so once it is known
/// of one, the pool is retired with all of its connections, and the next call finds a fresh one. A data source that was handed over is never retired: its own timeouts count.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    private readonly Func<NpgsqlDataSource>? _create;
    private readonly Lock _lock = new();
    private PoolGeneration _current;
    private bool _disposed;

    /// <summary>A pool of the backend's own.</summary>
    public ConnectionPool(Func<NpgsqlDataSource> create)
    {
        _create = create;
        _current = new PoolGeneration(create(), isOwned: true);
    }

    /// <summary>An application's pool.</summary>
    public ConnectionPool(NpgsqlDataSource source) => _current = new PoolGeneration(source, isOwned: false);

    /// <summary>The one to take connections from.</summary>
    /// <exception cref="ObjectDisposedException">There is none any more.</exception>
    public PoolGeneration Current
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            return Volatile.Read(ref _current);
        }
    }

    /// <summary>Puts a fresh pool in the place of one that has a dead connection, unless that has happened already.</summary>
    public void Retire(PoolGeneration generation)
    {
        if (_create is null) return;
        lock (_lock)
        {
            if (_disposed || generation != _current) return;
            Volatile.Write(ref _current, new PoolGeneration(_create(), isOwned: true));
        }

        generation.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            Volatile.Write(ref _disposed, true);
        }

        _current.Dispose();
    }
}
