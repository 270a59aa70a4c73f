using Npgsql;

namespace Cistern;

/// <summary>
/// Where connections come from. Calls that were left behind in a server that hangs, or on a network that lost it, keep their connections for as long as that lasts; so a call that
/// ends by its timeout retires the pool with all of its connections, and the next one finds a fresh pool. A data source that was handed over is never retired: its own timeouts count.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    private readonly Func<NpgsqlDataSource>? _create;
    private readonly Lock _lock = new();
    private NpgsqlDataSource _source;
    private bool _disposed;

    /// <summary>A pool of the backend's own.</summary>
    public ConnectionPool(Func<NpgsqlDataSource> create)
    {
        _create = create;
        _source = create();
    }

    /// <summary>An application's pool.</summary>
    public ConnectionPool(NpgsqlDataSource source) => _source = source;

    public NpgsqlDataSource Source => Volatile.Read(ref _source);

    /// <summary>Puts a fresh pool in the place of one that has a dead connection, unless that has happened already.</summary>
    public void Retire(NpgsqlDataSource source)
    {
        if (_create is null) return;
        lock (_lock)
        {
            if (_disposed || source != _source) return;
            _source = _create();
        }

        // Closes what is idle; what is in use is closed when it comes back.
        source.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
        }

        if (_create is not null) _source.Dispose();
    }
}
