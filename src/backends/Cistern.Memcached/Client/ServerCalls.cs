using System.Diagnostics;

namespace Cistern;

/// <summary>All servers, which of them has a key, and how a call to one is made. Safe for concurrent use.</summary>
internal sealed class ServerCalls : IDisposable
{
    // A call that is late is noticed a twentieth of its time later.
    private const int ChecksPerTimeout = 20;

    private readonly ServerNode[] _nodes;
    private readonly KetamaRing _ring;
    private readonly ITimer _watch;

    public ServerCalls(IReadOnlyList<ServerAddress> servers, MemcachedBackendOptions options, Action<ServerAddress> restarted)
    {
        Options = options;
        Names = new KeyNames(options.Prefix);
        _ring = new KetamaRing(servers);
        _nodes = [.. servers.Select(server => new ServerNode(server, options, restarted))];
        var period = TimeSpan.FromMilliseconds(Math.Max(1, options.Timeout.TotalMilliseconds / ChecksPerTimeout));
        _watch = TimeProvider.System.CreateTimer(_ => CheckDeadlines(), null, period, period);
    }

    public MemcachedBackendOptions Options { get; }

    public KeyNames Names { get; }

    public IReadOnlyList<ServerNode> Nodes => _nodes;

    /// <summary>When a call that begins now must be over, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public long Deadline() => Stopwatch.GetTimestamp() + (long)(Options.Timeout.TotalSeconds * Stopwatch.Frequency);

    /// <summary>The index of the server that has a name.</summary>
    public int Find(ReadOnlySpan<byte> name) => _ring.Find(name);

    /// <summary>The index of the server that has a key.</summary>
    public int Find(string key)
    {
        if (_nodes.Length == 1) return 0;
        Span<byte> name = stackalloc byte[KeyNames.LongestName];
        return _ring.Find(name[..Names.Write(key, name, out _)]);
    }

    /// <summary>How entries are written for the server of a connection.</summary>
    public StoreCommand StoreCommand(Connection connection) =>
        new(Names, new ServerLifetimes(connection.Facts.Time, connection.Facts.AskedAt, Options.SweepDelay), connection.Facts.LargestItem);

    /// <summary>Sends an exchange, and waits for it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="exchange">What is sent.</param>
    /// <param name="deadline">Until when; null: it is a piece of a batch, which is waited for as long as the server goes on.</param>
    /// <param name="cancellationToken">Ends the wait; the replies are then read and forgotten.</param>
    public static Task RunAsync(Connection connection, Exchange exchange, long? deadline, CancellationToken cancellationToken)
    {
        connection.Post(deadline is { } end ? exchange.Until(end) : exchange);
        return exchange.Task.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _watch.Dispose();
        foreach (var node in _nodes) node.Dispose();
    }

    private void CheckDeadlines()
    {
        var now = Stopwatch.GetTimestamp();
        foreach (var node in _nodes) node.CheckDeadlines(now);
    }
}
