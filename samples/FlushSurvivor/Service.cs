using System.Globalization;
using System.Text;
using Cistern;

namespace Samples;

/// <summary>A service in miniature: workers that answer requests from a cache over a slow source, until they are stopped.</summary>
internal sealed class Service : IAsyncDisposable
{
    /// <summary>How many keys the source has.</summary>
    public const int Keys = 4000;

    private const int Workers = 16;

    private readonly InMemoryBackend _backend = new();
    private readonly SlowSource _source;
    private readonly BackfillingCache _cache;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task[] _workers;

    public Service(BackfillOptions options)
    {
        var clock = TimeProvider.System;
        _source = new SlowSource(InMemorySource.FromStrings(Enumerable.Range(0, Keys).Select(number => KeyValuePair.Create(Key(number), $"answer {number}"))), clock);
        _cache = new BackfillingCache(_backend, _source, options, clock);
        _workers = new Task[Workers];
        Array.Fill(_workers, Task.CompletedTask);
    }

    /// <summary>The decisions of the cache.</summary>
    public IReadOnlyList<AuditEntry> Audit => _cache.Audit.Entries;

    /// <summary>Fills the cache and starts the workers.</summary>
    public async Task StartAsync()
    {
        await _cache.ForceBackfillAsync();
        for (var i = 0; i < Workers; i++) _workers[i] = WorkAsync(new Random(i));
    }

    /// <summary>Loses every entry, as a restart of a cache server does.</summary>
    public ValueTask<long> FlushAsync() => _backend.ClearAsync();

    /// <summary>The figures so far.</summary>
    public Figures Read() => new(_cache.Stats.Lookups, _cache.Stats.Misses, _source.Reads);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
        await _cache.DisposeAsync();
        await _backend.DisposeAsync();
        _source.Dispose();
        _stopping.Dispose();
    }

    // Some keys are asked for far more often than others, and the popular ones lie anywhere in the source.
    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"key:{number * 1597 % Keys}");

    private async Task WorkAsync(Random random)
    {
        try
        {
            while (true)
            {
                var popularity = random.NextDouble();
                var answer = await _cache.GetAsync(Key((int)(Keys * popularity * popularity)), _stopping.Token);
                if (answer is null || !Encoding.UTF8.GetString(answer).StartsWith("answer ", StringComparison.Ordinal)) throw new InvalidOperationException("A wrong answer.");
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The service is stopped.
        }
    }
}
