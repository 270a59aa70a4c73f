namespace Cistern.Cli.Tests;

/// <summary>A backend in memory whose batches begin to fail after some records.</summary>
internal sealed class FaultyBackend(int failAt, bool failsClosing) : CacheBackend("faulty")
{
    private int _records;

    public Dictionary<string, byte[]> Values { get; } = [];

    /// <summary>Done before every batch.</summary>
    public Action? BeforeBatch { get; set; }

    public override BackendCapabilities Capabilities { get; } = new();

    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        BeforeBatch?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        _records += drafts.Count;
        return _records >= failAt ? throw new IOException("the disk is \u001b[31mgone") : base.SetManyCoreAsync(drafts, cancellationToken);
    }

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        Values[draft.Key] = [.. draft.Value.FirstSpan];
        return new(SetOutcome.Stored);
    }

    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => new(Values.GetValueOrDefault(key));

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) => new((CacheEntry?)null);

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => new(false);

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => new(Values.Remove(key));

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => new(Values.ContainsKey(key));

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => new(0L);

    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) => Values.Keys.ToAsyncEnumerable();

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => default;

    protected override void DisposeCore()
    {
        if (failsClosing) throw new IOException("the last page is lost");
    }
}
