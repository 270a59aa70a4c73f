using Cistern;

namespace Samples;

/// <summary>A source as slow as a database: a few milliseconds per read, a few reads at a time. Counts them; a page is one read.</summary>
internal sealed class SlowSource(ICacheSource inner, TimeProvider clock) : ICacheSource, IDisposable
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(3);

    private readonly SemaphoreSlim _connections = new(4);
    private long _reads;

    public string Name => "slow " + inner.Name;

    /// <summary>How many reads were asked for.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    public async ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken);
        return await inner.ReadAsync(key, cancellationToken);
    }

    public async ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken);
        return await inner.ReadPageAsync(position, maxEntries, cancellationToken);
    }

    public void Dispose() => _connections.Dispose();

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        await _connections.WaitAsync(cancellationToken);
        try { await Task.Delay(Latency, clock, cancellationToken); }
        finally { _connections.Release(); }
    }
}
