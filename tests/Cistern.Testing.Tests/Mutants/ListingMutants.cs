namespace Cistern.Tests;

internal sealed class ListsTheLiveDictionary(Opening opening) : DictionaryBackend(opening)
{
    protected override IEnumerable<string> KeysCore(KeyPattern pattern) => Entries.Where(pair => IsLive(pair.Value) && IsMatch(pattern, pair.Key)).Select(pair => pair.Key);
}

internal sealed class ListsByOffset(Opening opening) : DictionaryBackend(opening)
{
    protected override IEnumerable<string> KeysCore(KeyPattern pattern)
    {
        for (var offset = 0; base.KeysCore(pattern).Skip(offset).FirstOrDefault() is { } key; offset++) yield return key;
    }
}

internal sealed class ListsKeysTwice(Opening opening) : DictionaryBackend(opening)
{
    protected override IEnumerable<string> KeysCore(KeyPattern pattern) => base.KeysCore(pattern).SelectMany(key => new[] { key, key });
}

internal sealed class ListsNoMoreThanOnePage(Opening opening) : DictionaryBackend(opening)
{
    protected override IEnumerable<string> KeysCore(KeyPattern pattern) => base.KeysCore(pattern).Take(100);
}

internal sealed class ListingIsAUse(Opening opening) : DictionaryBackend(opening)
{
    protected override IEnumerable<string> KeysCore(KeyPattern pattern)
    {
        var keys = base.KeysCore(pattern).ToList();
        lock (Gate) keys.ForEach(Use);
        return keys;
    }
}

/// <summary>As a database with one open read transaction: a writer waits for its end, for a while.</summary>
internal sealed class HoldsATransactionWhileListing(Opening opening) : DictionaryBackend(opening)
{
    private readonly SemaphoreSlim _transaction = new(1);

    protected override IEnumerable<string> KeysCore(KeyPattern pattern)
    {
        Begin();
        try { foreach (var key in base.KeysCore(pattern)) yield return key; }
        finally { _transaction.Release(); }
    }

    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        Begin();
        try { return base.SetCore(draft); }
        finally { _transaction.Release(); }
    }

    private void Begin()
    {
        if (!_transaction.Wait(TimeSpan.FromMilliseconds(50))) throw new TimeoutException("The database is locked.");
    }
}
