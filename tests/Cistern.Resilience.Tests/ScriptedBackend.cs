using System.Runtime.CompilerServices;

namespace Cistern.Tests;

/// <summary>
/// A backend over another one whose calls the test counts, fails and holds back, before or after they have done their work. What is held back
/// takes no notice of its token, and lands late.
/// </summary>
internal sealed class ScriptedBackend : CacheBackend
{
    private readonly CacheBackend _inner;
    private int _calls;

    public ScriptedBackend(CacheBackend inner) : base(inner) => _inner = inner;

    /// <summary>How many calls have come in; each step of a listing is one.</summary>
    public int Calls => _calls;

    /// <summary>Awaited before each call does its work; given its number, from 1.</summary>
    public Func<int, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Awaited after each call has done its work; given its number, from 1.</summary>
    public Func<int, CancellationToken, Task> After { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>The keys of the last hint.</summary>
    public string[] Prefetched { get; private set; } = [];

    public override BackendCapabilities Capabilities => _inner.Capabilities;

    public override long? RemovalCount => _inner.RemovalCount;

    public override long? MaxEntriesMemoryBytes => _inner.MaxEntriesMemoryBytes;

    public override long? EstimateMemoryBytes(string key, long valueLength) => _inner.EstimateMemoryBytes(key, valueLength);

    public override void Prefetch(ReadOnlySpan<string> keys) => Prefetched = keys.ToArray();

    /// <summary>Fails the first calls, then lets the others through.</summary>
    public static Func<int, CancellationToken, Task> FailFirst(int calls) =>
        (call, _) => call <= calls ? Task.FromException(new IOException($"line {call} is cut")) : Task.CompletedTask;

    /// <summary>Never lets the first calls through, whatever becomes of their token.</summary>
    public static Func<int, CancellationToken, Task> HangFirst(int calls) => (call, _) => call <= calls ? new TaskCompletionSource().Task : Task.CompletedTask;

    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.GetAsync(key, token), cancellationToken);

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.GetEntryAsync(key, token), cancellationToken);

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.SetAsync(draft.Key, draft.Value, draft.ToSetOptions(), token), cancellationToken);

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.TouchAsync(key, expiresAtMilliseconds is { } end ? TimeSpan.FromMilliseconds(end - NowMilliseconds) : null, token), cancellationToken);

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) =>
        ActAsync(token => version is { } deletion ? _inner.DeleteAsync(key, deletion, token) : _inner.DeleteAsync(key, token), cancellationToken);

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.ExistsAsync(key, token), cancellationToken);

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => ActAsync(_inner.ClearAsync, cancellationToken);

    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.GetManyAsync(keys, token), cancellationToken);

    protected override ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.ExistsManyAsync(keys, token), cancellationToken);

    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.DeleteManyAsync(keys, token), cancellationToken);

    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        ActAsync(token => _inner.SetManyAsync(drafts.Select(draft => new SetRequest(draft.Key, draft.Value.First, draft.ToSetOptions())), token), cancellationToken);

    protected override async IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var key in _inner.KeysAsync(pattern.Text, cancellationToken))
        {
            yield return await ActAsync(_ => new ValueTask<string>(key), cancellationToken);
        }
    }

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => ActAsync(
        async token => await _inner.GetStatsAsync(token) is var stats ? new BackendUsage { Entries = stats.CurrentEntries, SizeBytes = stats.CurrentSizeBytes, MemoryBytes = stats.MemoryBytes } : default,
        cancellationToken);

    protected override void DisposeCore() => _inner.Dispose();

    private async ValueTask<T> ActAsync<T>(Func<CancellationToken, ValueTask<T>> act, CancellationToken cancellationToken)
    {
        var call = Interlocked.Increment(ref _calls);
        await Before(call, cancellationToken);
        var answer = await act(CancellationToken.None);
        await After(call, cancellationToken);
        return answer;
    }
}
