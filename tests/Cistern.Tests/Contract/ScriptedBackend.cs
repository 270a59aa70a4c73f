namespace Cistern.Tests.Contract;

/// <summary>A backend of the asynchronous cores only, one dictionary deep; each of its cores throws what it is told to, at once or later.</summary>
internal sealed class ScriptedBackend() : CacheBackend("scripted")
{
    private readonly Dictionary<string, byte[]> _values = [];

    /// <summary>What every core throws; null: nothing.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Whether every core first goes away and comes back.</summary>
    public bool IsSlow { get; init; }

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

    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => PlayAsync(() => _values.GetValueOrDefault(key));

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) =>
        PlayAsync(() => _values.TryGetValue(key, out var value) ? new CacheEntry { Key = key, Value = value, CreatedAt = default } : null);

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) => PlayAsync(() =>
    {
        if (draft.Condition == SetCondition.IfAbsent && _values.ContainsKey(draft.Key)) return SetOutcome.Present;
        _values[draft.Key] = [.. draft.Value.FirstSpan];
        return SetOutcome.Stored;
    });

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => PlayAsync(() => _values.ContainsKey(key));

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => PlayAsync(() => _values.Remove(key));

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => PlayAsync(() => _values.ContainsKey(key));

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => PlayAsync(() =>
    {
        long count = _values.Count;
        _values.Clear();
        return count;
    });

    // Unless it is slow, no iterator: it throws when it is called, which a backend may do as well.
    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) =>
        IsSlow ? ListAsync(pattern) : Fault is null ? _values.Keys.Where(pattern.IsMatch).ToAsyncEnumerable() : throw Fault;

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => PlayAsync(() => Usage);

    protected override void DisposeCore()
    {
        Disposals++;
        if (Fault is not null) throw Fault;
    }

    private ValueTask<T> PlayAsync<T>(Func<T> operation)
    {
        if (IsSlow) return LaterAsync(operation);
        return Fault is null ? new(operation()) : throw Fault;
    }

    private async ValueTask<T> LaterAsync<T>(Func<T> operation)
    {
        await Task.Yield();
        return Fault is null ? operation() : throw Fault;
    }

    private async IAsyncEnumerable<string> ListAsync(KeyPattern pattern)
    {
        await Task.Yield();
        if (Fault is not null) throw Fault;
        foreach (var key in _values.Keys.Where(pattern.IsMatch).ToList()) yield return key;
    }
}
