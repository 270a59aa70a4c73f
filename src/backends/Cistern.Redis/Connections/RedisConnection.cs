using System.Net;
using StackExchange.Redis;

namespace Cistern;

/// <summary>A multiplexer, the backend's own or an application's, whose calls end within a time. Safe for concurrent use.</summary>
/// <param name="multiplexer">The multiplexer.</param>
/// <param name="isOwn">Whether it ends with the backend.</param>
/// <param name="options">The database, and how long a call may take.</param>
internal sealed class RedisConnection(IConnectionMultiplexer multiplexer, bool isOwn, RedisBackendOptions options) : IDisposable
{
    private readonly IDatabase _database = multiplexer.GetDatabase(options.Database ?? -1);

    /// <summary>Whether the servers are a cluster.</summary>
    public bool IsCluster => Servers.Any(server => server.ServerType == ServerType.Cluster);

    private IEnumerable<IServer> Servers => multiplexer.GetEndPoints().Select(endPoint => multiplexer.GetServer(endPoint));

    /// <summary>Connects.</summary>
    /// <exception cref="CacheBackendException">No server can be reached, or it refuses; the message holds no password.</exception>
    public static async Task<RedisConnection> ConnectAsync(ConfigurationOptions configuration, RedisBackendOptions options, CancellationToken cancellationToken)
    {
        var settings = configuration.Clone();
        settings.AbortOnConnectFail = true;
        if (options.CertificateValidation is { } validate) settings.CertificateValidation += validate;
        settings.ReconnectRetryPolicy = new ReconnectAlways();
        var connecting = ConnectionMultiplexer.ConnectAsync(settings);
        try
        {
            var multiplexer = await connecting.WaitAsync(options.Timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            multiplexer.PreserveAsyncOrder = false;
            multiplexer.IncludeDetailInExceptions = false;
            return new RedisConnection(multiplexer, isOwn: true, options);
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException)
        {
            _ = DisposeLaterAsync(connecting);
            throw new CacheBackendException($"{options.Name}: connecting to {string.Join(", ", settings.EndPoints.Select(ConnectionFaults.Show))} failed: {ConnectionFaults.Explain(fault)}", fault);
        }
    }

    /// <summary>Waits for an answer, but not for longer than a call may take.</summary>
    /// <exception cref="TimeoutException">It took longer. What was asked may still happen.</exception>
    public async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(_database).WaitAsync(options.Timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"no answer within {options.Timeout.TotalSeconds} s", fault);
        }
    }

    /// <summary>Has the server run a script, which it is told where it does not know it.</summary>
    public async Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(database => database.ScriptEvaluateAsync(script.Hash, keys, arguments), cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException fault) when (fault.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await CallAsync(database => database.ScriptEvaluateAsync(script.Text, keys, arguments, CommandFlags.NoScriptCache), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Which servers have keys of their own.</summary>
    public async Task<ClusterMap> FindMastersAsync(CancellationToken cancellationToken) =>
        IsCluster ? ClusterMap.Parse(await CallAsync(database => database.ExecuteAsync("CLUSTER", "SLOTS"), cancellationToken).ConfigureAwait(false)) : ClusterMap.OneServer;

    /// <summary>Where the one server is: the first that is connected and takes writes.</summary>
    public RespTarget FindServer()
    {
        var server = Servers.FirstOrDefault(server => server is { IsConnected: true, IsSlave: false }) ?? Servers.First();
        return server.EndPoint switch
        {
            DnsEndPoint dns => new RespTarget(dns.Host, dns.Port),
            IPEndPoint address => new RespTarget(address.Address.ToString(), address.Port),
            var other => throw new IOException($"{other} is no host and port"),
        };
    }

    public void Dispose()
    {
        if (isOwn) multiplexer.Dispose();
    }

    private static async Task DisposeLaterAsync(Task<ConnectionMultiplexer> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully) (await connecting.ConfigureAwait(false)).Dispose();
    }
}
