namespace Cistern.Tests.Backfill;

/// <summary>A backend in memory whose lookups and writes can be made to fail.</summary>
internal sealed class FaultyBackend : CacheBackend
{
    private readonly InMemoryBackend _inner = new(InMemoryBackendOptions.Unbounded);

    public FaultyBackend() : base("faulty")
    {
    }

    public bool FailReads { get; set; }

    public bool FailWrites { get; set; }

    /// <summary>Done when a batch arrives, before it is stored: what somebody else sets meanwhile.</summary>
    public Func<CacheBackend, ValueTask<SetOutcome>>? BeforeSetMany { get; init; }

    public override BackendCapabilities Capabilities => _inner.Capabilities;

    protected override async ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) =>
        FailReads ? throw new IOException("the line is cut") : await _inner.GetAsync(key, cancellationToken);

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) =>
        FailReads ? throw new IOException("the line is cut") : _inner.GetEntryAsync(key, cancellationToken);

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) =>
        FailWrites ? throw new IOException("the disk is gone") : _inner.SetAsync(draft.Key, draft.Value, new SetOptions { Condition = draft.Condition, Version = draft.Version }, cancellationToken);

    protected override async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        if (BeforeSetMany is { } before) await before(_inner);
        return await base.SetManyCoreAsync(drafts, cancellationToken);
    }

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => new(false);

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => _inner.DeleteAsync(key, cancellationToken);

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => _inner.ExistsAsync(key, cancellationToken);

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => _inner.ClearAsync(cancellationToken);

    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) => _inner.KeysAsync(pattern.Text, cancellationToken);

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => default;

    protected override void DisposeCore() => _inner.Dispose();
}
