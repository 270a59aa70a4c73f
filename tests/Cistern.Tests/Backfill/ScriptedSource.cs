namespace Cistern.Tests.Backfill;

/// <summary>A source whose reads the test counts, holds back, fails and changes.</summary>
internal sealed class ScriptedSource(params SourceEntry[] entries) : ICacheSource
{
    private int _reads;
    private int _pages;

    public string Name => "scripted";

    public IReadOnlyList<SourceEntry> Entries { get; set; } = entries;

    public int Reads => _reads;

    public int Pages => _pages;

    /// <summary>Awaited by every read of a key.</summary>
    public Func<string, CancellationToken, Task> OnRead { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Awaited by every read of a page.</summary>
    public Func<CancellationToken, Task> OnPage { get; set; } = _ => Task.CompletedTask;

    public static SourceEntry Entry(string key, string value, long? version = null) => new(key, System.Text.Encoding.UTF8.GetBytes(value)) { Version = version };

    public async ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        await OnRead(key, cancellationToken);
        foreach (var entry in Entries)
        {
            if (entry.Key == key) return entry;
        }

        return null;
    }

    public async ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pages);
        await OnPage(cancellationToken);
        return await new InMemorySource(Entries).ReadPageAsync(position, maxEntries, cancellationToken);
    }
}
