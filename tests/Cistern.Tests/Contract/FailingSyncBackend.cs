using System.Buffers;

namespace Cistern.Tests.Contract;

/// <summary>A synchronous backend whose every core throws one fault.</summary>
internal sealed class FailingSyncBackend(Exception fault) : SyncCacheBackend("failing")
{
    public override BackendCapabilities Capabilities { get; } = new();

    protected override byte[]? GetCore(string key) => throw fault;

    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength) => throw fault;

    protected override bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader) => throw fault;

    protected override CacheEntry? GetEntryCore(string key) => throw fault;

    protected override SetOutcome SetCore(in EntryDraft draft) => throw fault;

    protected override bool TouchCore(string key, long? expiresAtMilliseconds) => throw fault;

    protected override bool DeleteCore(string key, long? version) => throw fault;

    protected override bool ExistsCore(string key) => throw fault;

    protected override long ClearCore() => throw fault;

    protected override IEnumerable<string> KeysCore(KeyPattern pattern) => throw fault;

    protected override BackendUsage GetUsageCore() => throw fault;
}
