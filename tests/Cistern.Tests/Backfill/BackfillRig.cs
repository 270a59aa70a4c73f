using System.Text;
using Cistern.Testing;

namespace Cistern.Tests.Backfill;

/// <summary>A backfilling cache over memory with a clock and a source that the test holds in its hands.</summary>
internal sealed class BackfillRig : IAsyncDisposable
{
    private BackfillRig(InMemoryBackend backend, ICacheSource source, BackfillOptions options, ManualTimeProvider clock)
    {
        Backend = backend;
        Clock = clock;
        Cache = new BackfillingCache(backend, source, options, clock);
    }

    public InMemoryBackend Backend { get; }

    public ManualTimeProvider Clock { get; }

    public BackfillingCache Cache { get; }

    public BackfillStats Stats => Cache.Stats;

    public static BackfillRig Create(ICacheSource source, BackfillOptions? options = null, InMemoryBackendOptions? backend = null)
    {
        var clock = new ManualTimeProvider();
        return new BackfillRig(new InMemoryBackend((backend ?? InMemoryBackendOptions.Unbounded) with { TimeProvider = clock }), source, options ?? new BackfillOptions(), clock);
    }

    public static BackfillRig Create(string keys, BackfillOptions? options = null, InMemoryBackendOptions? backend = null) => Create(Source(keys), options, backend);

    /// <summary>A source of one-letter keys, each with the value "letter!".</summary>
    public static InMemorySource Source(string keys) => InMemorySource.FromStrings(keys.Select(key => KeyValuePair.Create(key.ToString(), key + "!")));

    /// <summary>Looks one-letter keys up, one after another; returns the answers, "-" for not found.</summary>
    public async Task<string> GetAsync(string keys)
    {
        var answers = new StringBuilder();
        foreach (var key in keys) answers.Append(await Cache.GetAsync(key.ToString()) is { } value ? Encoding.UTF8.GetString(value) : "-");
        return answers.ToString();
    }

    /// <summary>The keys that the backend holds, in ordinal order.</summary>
    public async Task<string> CachedAsync() => string.Concat(await Backend.KeysAsync().OrderBy(key => key).ToListAsync());

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        Backend.Dispose();
    }
}
