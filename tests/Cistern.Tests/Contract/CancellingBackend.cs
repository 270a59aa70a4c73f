namespace Cistern.Tests.Contract;

/// <summary>A backend during whose lookup the caller cancels.</summary>
internal sealed class CancellingBackend(CancellationTokenSource cancellation) : CacheBackend("cancelling")
{
    public override BackendCapabilities Capabilities { get; } = new();

    protected override async ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken)
    {
        await cancellation.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
