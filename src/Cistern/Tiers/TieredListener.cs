namespace Cistern;

/// <summary>Drops the near tier's copies of what others say they changed. Safe for concurrent use.</summary>
internal sealed class TieredListener(NearTier near) : IInvalidationListener
{
    private long _keys;
    private long _losses;

    /// <summary>How many keys others said they had changed.</summary>
    public long Keys => Interlocked.Read(ref _keys);

    /// <summary>How often messages were lost.</summary>
    public long Losses => Interlocked.Read(ref _losses);

    /// <inheritdoc/>
    public async ValueTask OnChangedAsync(IReadOnlyCollection<string> keys)
    {
        Interlocked.Add(ref _keys, keys.Count);
        try
        {
            foreach (var key in keys) await near.DropAsync(key).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The tiers were closed meanwhile; nobody looks at the copies any more.
        }
    }

    /// <inheritdoc/>
    public async ValueTask OnAllChangedAsync()
    {
        try
        {
            await near.DropAllAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // As above.
        }
    }

    /// <inheritdoc/>
    public ValueTask OnMessagesLostAsync()
    {
        Interlocked.Increment(ref _losses);
        return OnAllChangedAsync();
    }

    /// <summary>The far tier has lost its entries: what it does not have, no copy should be of.</summary>
    public void OnEmptied(object? sender, EventArgs e) => _ = OnAllChangedAsync().AsTask();
}
