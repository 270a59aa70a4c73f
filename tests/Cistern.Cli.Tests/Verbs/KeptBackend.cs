using System.Buffers;

namespace Cistern.Cli.Tests;

/// <summary>One opening of a kept backend: closing it leaves what is behind it.</summary>
internal sealed class KeptBackend(InMemoryBackend kept, Func<Exception?> fault, KeptScheme scheme, Exception? closingFault, TimeProvider clock) : CacheBackend("kept", clock)
{
    public override BackendCapabilities Capabilities { get; } = kept.Capabilities with { IsPersistent = true };

    private InMemoryBackend Kept => fault() is { } thrown ? throw thrown : kept;

    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => Kept.GetAsync(key, cancellationToken);

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken)
    {
        scheme.BeforeGetEntry?.Invoke(key);
        return Kept.GetEntryAsync(key, cancellationToken);
    }

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        scheme.BeforeSet?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        return Kept.SetAsync(draft.Key, draft.Value.ToArray(), new SetOptions
        {
            TimeToLive = draft.ExpiresAtMilliseconds is { } end ? TimeSpan.FromMilliseconds(end - draft.CreatedAtMilliseconds) : null,
            AbsoluteExpiration = draft.AbsoluteExpirationMilliseconds is { } absolute ? DateTimeOffset.FromUnixTimeMilliseconds(absolute) : null,
            Metadata = draft.Metadata,
            Condition = draft.Condition,
            Version = draft.Version,
        }, cancellationToken);
    }

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) =>
        version is { } given ? Kept.DeleteAsync(key, given, cancellationToken) : Kept.DeleteAsync(key, cancellationToken);

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => Kept.ExistsAsync(key, cancellationToken);

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => Kept.ClearAsync(cancellationToken);

    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) => Kept.KeysAsync(pattern.Text, cancellationToken);

    protected override void DisposeCore()
    {
        if (closingFault is not null) throw closingFault;
    }

    protected override async ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken)
    {
        var stats = await Kept.GetStatsAsync(cancellationToken);
        return new BackendUsage { Entries = stats.CurrentEntries, SizeBytes = stats.CurrentSizeBytes, MemoryBytes = stats.MemoryBytes };
    }
}
