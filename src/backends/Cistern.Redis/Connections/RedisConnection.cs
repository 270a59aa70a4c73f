using System.Diagnostics;
using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// A multiplexer, the backend's own or an application's, whose calls end within a time. Safe for concurrent use. One of our own is replaced when calls go
/// unanswered and no other was answered meanwhile: the multiplexer itself waits for a connection that the network has forgotten for as long as the system does.
/// </summary>
/// <param name="multiplexer">The multiplexer.</param>
/// <param name="renew">Makes another one; null: it is the application's, and stays.</param>
/// <param name="options">The database, and how long a call may take.</param>
internal sealed class RedisConnection(IConnectionMultiplexer multiplexer, Func<Task<ConnectionMultiplexer>>? renew, RedisBackendOptions options) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private volatile IConnectionMultiplexer _multiplexer = multiplexer;
    private volatile bool _isDisposed;
    private long _lastAnswer;
    private int _isRenewing;
    private int _isLooking;

    /// <summary>Whether the servers are a cluster.</summary>
    public bool IsCluster => Servers.Any(server => server.ServerType == ServerType.Cluster);

    /// <summary>The number of the database.</summary>
    public int Database => _multiplexer.GetDatabase(options.Database ?? -1).Database;

    /// <summary>What the multiplexer puts before the names of channels.</summary>
    public byte[] ChannelPrefix => (byte[]?)ConfigurationOptions.Parse(_multiplexer.Configuration).ChannelPrefix ?? [];

    /// <summary>The multiplexer of now.</summary>
    public IConnectionMultiplexer Multiplexer => _multiplexer;

    /// <summary>Whether a server is connected.</summary>
    public bool IsConnected => _multiplexer.IsConnected;

    /// <summary>The servers that the multiplexer knows.</summary>
    public IEnumerable<IServer> Servers
    {
        get
        {
            var current = _multiplexer;
            return current.GetEndPoints().Select(endPoint => current.GetServer(endPoint));
        }
    }

    /// <summary>Waits for an answer, but not for longer than a call may take.</summary>
    /// <exception cref="TimeoutException">It took longer. What was asked may still happen.</exception>
    public Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken) => CallAsync(call, Stopwatch.GetTimestamp(), cancellationToken);

    // Of several that are one for the caller, the first one's beginning counts.
    private async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call, long began, CancellationToken cancellationToken)
    {
        var left = options.Timeout - Stopwatch.GetElapsedTime(began);
        var current = _multiplexer;
        try
        {
            var answer = await call(current.GetDatabase(options.Database ?? -1)).WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _lastAnswer, Stopwatch.GetTimestamp());
            return answer;
        }
        catch (TimeoutException fault)
        {
            if (Volatile.Read(ref _lastAnswer) < began) BeginRenewal(current);
            throw new TimeoutException($"no answer within {options.Timeout.TotalSeconds} s", fault);
        }
        catch (RedisConnectionException)
        {
            if (_multiplexer.IsConnected) BeginLook();
            else BeginRenewal(current);
            throw;
        }
        catch (RedisServerException fault)
        {
            Volatile.Write(ref _lastAnswer, Stopwatch.GetTimestamp());

            // What was a master is a replica now, of one that the multiplexer may know.
            if (fault.Message.StartsWith("READONLY", StringComparison.Ordinal)) BeginLook();
            throw;
        }
    }

    /// <summary>What a key holds; null where that is nothing, or no string and so nobody's entry.</summary>
    public async Task<RedisValue> ReadAsync(Func<IDatabase, Task<RedisValue>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException fault) when (fault.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            return RedisValue.Null;
        }
    }

    /// <summary>Waits for something that is no call, but not for longer than a call may take.</summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public Task WithinTimeoutAsync(Task task, CancellationToken cancellationToken) => task.WaitAsync(options.Timeout, TimeProvider.System, cancellationToken);

    /// <summary>Has the server run a script, which it is told where it does not know it.</summary>
    public async Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await CallAsync(database => database.ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster), began, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException fault) when (fault.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await CallAsync(database => database.ScriptEvaluateAsync(script.Text, keys, arguments, CommandFlags.NoScriptCache | CommandFlags.DemandMaster), began, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where the one server is that takes writes, of those that are no cluster.</summary>
    public async Task<RespTarget> FindServerAsync(CancellationToken cancellationToken)
    {
        var endPoints = _multiplexer.GetEndPoints();
        if (endPoints.Length == 1) return RespTarget.Of(endPoints[0]);
        return RespTarget.Of(await CallAsync(database => database.IdentifyEndpointAsync(flags: CommandFlags.DemandMaster), cancellationToken).ConfigureAwait(false) ?? endPoints[0]);
    }

    public void Dispose()
    {
        _isDisposed = true;
        if (renew is not null) _multiplexer.Dispose();
    }

    /// <summary>Has the multiplexer look at its servers again, which it would do in a minute: another one may have taken over what one had.</summary>
    public void BeginLook()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 0) _ = LookAsync(_multiplexer);
    }

    private async Task LookAsync(IConnectionMultiplexer current)
    {
        await ((Task)current.ConfigureAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        Volatile.Write(ref _isLooking, 0);
    }

    // None is there, or none answers. The multiplexer would try to connect once a second, or wait for as long as the system does.
    // One that was replaced since the call began is no reason to replace the next.
    private void BeginRenewal(IConnectionMultiplexer failed)
    {
        if (renew is not null && !_isDisposed && failed == _multiplexer && Interlocked.Exchange(ref _isRenewing, 1) == 0) _ = RenewAsync(renew);
    }

    private async Task RenewAsync(Func<Task<ConnectionMultiplexer>> make)
    {
        try
        {
            var old = _multiplexer;
            _multiplexer = await make().ConfigureAwait(false);
            _ = DisposeLaterAsync(old);
            if (_isDisposed) Dispose();
        }
        catch (Exception)
        {
            // The server does not answer new connections either: when it does, the old one may be as good, or another try.
            await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        }

        Volatile.Write(ref _isRenewing, 0);
    }

    // What still waits on the old one will not be answered, and gives up in time.
    private async Task DisposeLaterAsync(IConnectionMultiplexer old)
    {
        await Task.Delay(options.Timeout, TimeProvider.System).ConfigureAwait(false);
        old.Dispose();
    }
}
