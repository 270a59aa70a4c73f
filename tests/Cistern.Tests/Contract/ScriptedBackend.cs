namespace Cistern.Tests.Contract;

/// <summary>A backend of the asynchronous cores only, one dictionary deep; each of its cores throws what it is told to.</summary>
internal sealed class ScriptedBackend() : CacheBackend("scripted")
{
    private readonly Dictionary<string, byte[]> _values = [];

    /// <summary>What every core throws; null: nothing.</summary>
    public Exception? Fault { get; set; }

    public BackendCapabilities Reported { get; init; } = new();

    public BackendUsage Usage { get; init; }

    public int Disposals { get; private set; }

    public override BackendCapabilities Capabilities => Reported;

    public DateTimeOffset ClockReads => TimeProvider.GetUtcNow();

    public void Count(long evictions, long expirations)
    {
        CountEvictions(evictions);
        CountExpirations(expirations);
    }

    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => new(Play(_values.GetValueOrDefault(key)));

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) =>
        new(Play(_values.TryGetValue(key, out var value) ? new CacheEntry { Key = key, Value = value, CreatedAt = default } : null));

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        Play(0);
        if (draft.Condition == SetCondition.IfAbsent && _values.ContainsKey(draft.Key)) return new(SetOutcome.Present);
        _values[draft.Key] = [.. draft.Value.FirstSpan];
        return new(SetOutcome.Stored);
    }

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => new(Play(_values.ContainsKey(key)));

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => new(Play(_values).Remove(key));

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => new(Play(_values.ContainsKey(key)));

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken)
    {
        var count = Play(_values.Count);
        _values.Clear();
        return new(count);
    }

    // Not an iterator: it throws when it is called, which a backend may do as well.
    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) =>
        Play(_values.Keys.Where(pattern.IsMatch).ToAsyncEnumerable());

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => new(Play(Usage));

    protected override void DisposeCore()
    {
        Disposals++;
        Play(0);
    }

    private T Play<T>(T result) => Fault is null ? result : throw Fault;
}
