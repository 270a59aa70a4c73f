using System.Diagnostics;
using System.Net.Sockets;

namespace Cistern;

/// <summary>
/// A server, and the connections to it: some for calls, and others for batches. One is made when there is none for a call, or none that is free; while that
/// fails and no other is open, calls fail at once, and it is tried again after a pause that grows to a fifth of a second. Safe for concurrent use.
/// </summary>
internal sealed class ServerNode : IDisposable
{
    private const int Uses = 2;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private readonly MemcachedBackendOptions _options;
    private readonly Action<ServerAddress> _restarted;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposal = new();

    // Those for calls, then as many for batches.
    private readonly Connection?[] _connections;

    // Under the gate.
    private readonly Task<Connection>?[] _connecting;
    private ServerFacts? _facts;
    private TimeSpan _pause;
    private long _failedAt;
    private MemcachedFaultException? _failure;
    private bool _isDisposed;

    /// <summary>Knows a server, and does not connect yet.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="options">How many connections, and how long they may take.</param>
    /// <param name="restarted">Called when it is found to have started anew.</param>
    public ServerNode(ServerAddress address, MemcachedBackendOptions options, Action<ServerAddress> restarted)
    {
        Address = address;
        _options = options;
        _restarted = restarted;
        _connections = new Connection?[Uses * options.Connections];
        _connecting = new Task<Connection>?[_connections.Length];
    }

    public ServerAddress Address { get; }

    /// <summary>What the server last said about itself; null: it was never reached.</summary>
    public ServerFacts? Facts
    {
        get
        {
            lock (_gate) return _facts;
        }
    }

    /// <summary>Held by the one of this process that lists the server's keys: a server lists for one at a time.</summary>
    public SemaphoreSlim Listing { get; } = new(1, 1);

    /// <summary>
    /// An open connection: one that nobody waits on, else the one on which the fewest do, and then another one is begun beside it. Made if there is none;
    /// where it cannot be made, one of the other use.
    /// </summary>
    /// <param name="use">What for.</param>
    /// <param name="deadline">Until when, as <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MemcachedFaultException">The server cannot be reached.</exception>
    public ValueTask<Connection> ConnectAsync(ConnectionUse use, long deadline, CancellationToken cancellationToken) =>
        Find(use) is { } open ? new(open) : MakeAsync(use, deadline, cancellationToken);

    public void CheckDeadlines(long now)
    {
        foreach (var connection in _connections) connection?.CheckDeadlines(now);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        _disposal.Cancel();
        _disposal.Dispose();
        foreach (var connection in _connections) connection?.Dispose();
    }

    private Connection? Find(ConnectionUse use)
    {
        Connection? best = null;
        int? missing = null;
        var (first, end) = SlotsOf(use);
        for (var slot = first; slot < end; slot++)
        {
            if (Volatile.Read(ref _connections[slot]) is not { IsOpen: true } open) missing ??= slot;
            else if (open.Load == 0) return open;
            else if (best is null || open.Load < best.Load) best = open;
        }

        if (best is not null && missing is { } free) BeginBeside(free);
        return best;
    }

    private async ValueTask<Connection> MakeAsync(ConnectionUse use, long deadline, CancellationToken cancellationToken)
    {
        try
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
            return await BeginOrJoin(use).WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException fault)
        {
            throw new MemcachedFaultException($"{Address}: not connected within {_options.Timeout.TotalSeconds} s", fault);
        }
        catch (MemcachedFaultException) when (_connections.FirstOrDefault(connection => connection is { IsOpen: true }) is { } other)
        {
            return other;
        }
    }

    private Task<Connection> BeginOrJoin(ConnectionUse use)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(MemcachedBackend));
            var (first, end) = SlotsOf(use);
            for (var slot = first; slot < end; slot++)
            {
                if (_connections[slot] is { IsOpen: true } open) return Task.FromResult(open);
                if (_connecting[slot] is { } connecting) return connecting;
            }

            return IsPausing ? throw new MemcachedFaultException(_failure!.Message, _failure) { IsMistake = _failure.IsMistake } : Begin(first);
        }
    }

    private void BeginBeside(int slot)
    {
        lock (_gate)
        {
            if (!_isDisposed && !IsPausing && _connecting[slot] is null && _connections[slot] is not { IsOpen: true }) _ = Begin(slot);
        }
    }

    private (int First, int End) SlotsOf(ConnectionUse use) => use == ConnectionUse.Call ? (0, _options.Connections) : (_options.Connections, _connections.Length);

    // Under the gate.
    private bool IsPausing => _failure is not null && Stopwatch.GetElapsedTime(_failedAt) < _pause;

    // Under the gate.
    private Task<Connection> Begin(int slot)
    {
        var connecting = Task.Run(() => OpenAsync(slot));
        _connecting[slot] = connecting;
        _ = connecting.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return connecting;
    }

    private async Task<Connection> OpenAsync(int slot)
    {
        try
        {
            using var time = new CancellationTokenSource(_options.ConnectTimeout, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, _disposal.Token);
            var connection = await Connection.OpenAsync(Address, _options.Timeout, either.Token).ConfigureAwait(false);
            try
            {
                Accept(slot, connection);
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            return connection;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or MemcachedFaultException)
        {
            var reason = fault is OperationCanceledException ? $"no connection within {_options.ConnectTimeout.TotalSeconds} s" : fault.Message;
            var failure = new MemcachedFaultException($"{Address}: {reason}", fault) { IsMistake = fault is MemcachedFaultException };
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, typeof(MemcachedBackend));
                _failure = failure;
                _failedAt = Stopwatch.GetTimestamp();
                _pause = _pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
            }

            throw failure;
        }
        finally
        {
            lock (_gate) _connecting[slot] = null;
        }
    }

    private void Accept(int slot, Connection connection)
    {
        if (!connection.Facts.CountsChanges) throw new MemcachedFaultException("the server was started with -C and counts no changes: no write could depend on what is there");
        bool isAnotherRun;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(MemcachedBackend));
            var isLater = connection.Facts.IsLaterThan(_facts);
            isAnotherRun = isLater && _facts is not null && connection.Facts.IsAnotherRunThan(_facts);
            if (isLater) _facts = connection.Facts;
            _failure = null;
            _pause = TimeSpan.Zero;
            Volatile.Write(ref _connections[slot], connection);
        }

        if (isAnotherRun) _restarted(Address);
    }
}
