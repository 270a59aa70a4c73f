namespace Cistern.Tests.Writing;

/// <summary>A backend in memory whose batches pass through a hook, which may store them, lose them, delay them or throw.</summary>
internal sealed class HookedBackend(string name = "hooked", TimeProvider? clock = null) : CacheBackend(name, clock)
{
    /// <summary>What a batch is stored in.</summary>
    public InMemoryBackend Inner { get; } = new(new InMemoryBackendOptions { IsUnbounded = true, TimeProvider = clock });

    /// <summary>Takes every batch; null: it is stored.</summary>
    public Func<IReadOnlyList<EntryDraft>, CancellationToken, ValueTask<IReadOnlyList<SetOutcome>>>? OnBatch { get; set; }

    public override BackendCapabilities Capabilities => Inner.Capabilities;

    /// <summary>How often it was asked to look for a loss.</summary>
    public int Watches { get; private set; }

    /// <summary>How often it was asked to look no more.</summary>
    public int Unwatches { get; private set; }

    /// <summary>Tells that its entries are gone.</summary>
    public void Lose() => TellEmptied();

    /// <summary>Stores drafts as they are.</summary>
    public async ValueTask<IReadOnlyList<SetOutcome>> StoreAsync(IEnumerable<EntryDraft> drafts)
    {
        var outcomes = new List<SetOutcome>();
        foreach (var draft in drafts) outcomes.Add(await SetCoreAsync(draft, CancellationToken.None));
        return outcomes;
    }

    protected override void WatchEmptied() => Watches++;

    protected override void UnwatchEmptied() => Unwatches++;

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) => Inner.SetAsync(draft.Key, draft.Value, new SetOptions
    {
        TimeToLive = draft.ExpiresAtMilliseconds is { } end ? TimeSpan.FromMilliseconds(end - draft.CreatedAtMilliseconds) : null,
        Metadata = draft.Metadata,
        Condition = draft.Condition,
        Version = draft.Version,
    }, cancellationToken);

    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        OnBatch is { } hook ? hook(drafts, cancellationToken) : StoreAsync(drafts);

    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => Inner.GetAsync(key, cancellationToken);

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) => Inner.GetEntryAsync(key, cancellationToken);

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => new(false);

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => Inner.DeleteAsync(key, cancellationToken);

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => Inner.ExistsAsync(key, cancellationToken);

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => Inner.ClearAsync(cancellationToken);

    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) => Inner.KeysAsync(pattern.Text, cancellationToken);

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => default;

    protected override void DisposeCore() => Inner.Dispose();
}
