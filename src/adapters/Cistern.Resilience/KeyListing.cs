namespace Cistern;

/// <summary>A listing of a backend's keys that has come to its first key, or found none. Not safe for concurrent use.</summary>
internal sealed class KeyListing : IAsyncDisposable
{
    private readonly IAsyncEnumerator<string> _keys;
    private Task<bool> _step = Task.FromResult(false);

    private KeyListing(IAsyncEnumerator<string> keys) => _keys = keys;

    /// <summary>The key that the last step came to.</summary>
    public string Current => _keys.Current;

    /// <summary>Begins a listing and takes its first step.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="listing">Ends the listing.</param>
    /// <param name="attempt">Ends the first step.</param>
    public static async ValueTask<(KeyListing Listing, bool HasKey)> BeginAsync(CacheBackend backend, string pattern, CancellationToken listing, CancellationToken attempt)
    {
        var begun = new KeyListing(backend.KeysAsync(pattern, listing).GetAsyncEnumerator(listing));
        try
        {
            return (begun, await Attempt.EndWithAsync(begun.Step(), attempt).ConfigureAwait(false));
        }
        catch
        {
            await begun.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Goes on to the next key. The step before must be done.</summary>
    public Task<bool> Step() => _step = _keys.MoveNextAsync().AsTask();

    /// <summary>Ends the listing, once the step that is under way is done.</summary>
    public ValueTask DisposeAsync()
    {
        if (_step.IsCompleted) return _keys.DisposeAsync();
        _ = DisposeAfterStepAsync();
        return default;
    }

    private async Task DisposeAfterStepAsync()
    {
        await ((Task)_step).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _keys.DisposeAsync().ConfigureAwait(false);
    }
}
