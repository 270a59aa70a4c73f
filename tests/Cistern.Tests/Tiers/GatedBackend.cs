using System.Runtime.CompilerServices;

namespace Cistern.Tests.Tiers;

/// <summary>A backend in memory that tells the test of each call before and after its work, and may be held back or failed there.</summary>
internal sealed class GatedBackend(TimeProvider clock) : CacheBackend("gated", clock)
{
    private readonly InMemoryBackend _inner = new(InMemoryBackendOptions.Unbounded with { TimeProvider = clock });

    /// <summary>How many calls came in.</summary>
    public int Calls { get; private set; }

    /// <summary>Awaited before each call does its work; given its name.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Awaited after each call has done its work; given its name.</summary>
    public Func<string, Task> After { get; set; } = static _ => Task.CompletedTask;

    public override BackendCapabilities Capabilities => _inner.Capabilities with { NoticesEmptied = true };

    /// <summary>Fails every call from now on, or none.</summary>
    public void Fail(bool fail) => Before = fail ? static call => Task.FromException(new IOException($"{call}: the line is cut")) : static _ => Task.CompletedTask;

    /// <summary>Holds calls of one name back after their work.</summary>
    /// <returns>What completes when the first has done its work, and what lets them go on.</returns>
    public (Task IsDone, TaskCompletionSource MayAnswer) HoldBack(string name)
    {
        var (isDone, mayAnswer) = (new TaskCompletionSource(), new TaskCompletionSource());
        After = async call =>
        {
            if (call != name) return;
            isDone.TrySetResult();
            await mayAnswer.Task;
        };
        return (isDone.Task, mayAnswer);
    }

    /// <summary>Loses its entries, and tells.</summary>
    public async Task LoseAsync()
    {
        await _inner.ClearAsync();
        TellEmptied();
    }

    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => ActAsync("get", _inner.GetAsync, key);

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) => ActAsync("get entry", _inner.GetEntryAsync, key);

    protected override ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        ActAsync("look up", _inner.LookUpEntriesAsync, keys);

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) =>
        ActAsync("set", (draft, token) => _inner.SetAsync(draft.Key, draft.Value, draft.ToSetOptions(), token), draft);

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) =>
        ActAsync("touch", (key, token) => _inner.TouchAsync(key, expiresAtMilliseconds is { } end ? TimeSpan.FromMilliseconds(end - NowMilliseconds) : null, token), key);

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) =>
        ActAsync("delete", (key, token) => version is { } deletion ? _inner.DeleteAsync(key, deletion, token) : _inner.DeleteAsync(key, token), key);

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => ActAsync("exists", _inner.ExistsAsync, key);

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => ActAsync("clear", (_, token) => _inner.ClearAsync(token), 0);

    protected override async IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var key in await ActAsync("keys", (text, token) => _inner.KeysAsync(text, token).ToListAsync(token), pattern.Text)) yield return key;
    }

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => default;

    protected override void DisposeCore() => _inner.Dispose();

    // What is held back takes no notice of its token.
    private async ValueTask<T> ActAsync<TAsked, T>(string call, Func<TAsked, CancellationToken, ValueTask<T>> work, TAsked asked)
    {
        Calls++;
        await Before(call);
        var answer = await work(asked, CancellationToken.None);
        await After(call);
        return answer;
    }
}
