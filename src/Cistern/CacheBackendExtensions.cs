using System.Text;

namespace Cistern;

/// <summary>Shorter forms of what is done most: text values, and a TTL without an options object.</summary>
public static class CacheBackendExtensions
{
    /// <summary>Sets a value with a TTL.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="timeToLive">How long the entry lives from now; greater than zero.</param>
    /// <param name="cancellationToken">Ends the wait; whether the write happened is then unknown.</param>
    public static ValueTask<SetOutcome> SetAsync(this CacheBackend backend, string key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backend);
        return backend.SetAsync(key, value, new SetOptions { TimeToLive = timeToLive }, cancellationToken);
    }

    /// <summary>Sets a text, as UTF-8.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="key">The key.</param>
    /// <param name="text">The text. A lone surrogate is replaced, as UTF-8 cannot hold it.</param>
    /// <param name="options">How it is set. Null: <see cref="SetOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait; whether the write happened is then unknown.</param>
    public static ValueTask<SetOutcome> SetStringAsync(this CacheBackend backend, string key, string text, SetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(text);
        return backend.SetAsync(key, Encoding.UTF8.GetBytes(text), options, cancellationToken);
    }

    /// <summary>Looks a key up and reads its value as UTF-8; null on a miss.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<string?> GetStringAsync(this CacheBackend backend, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backend);
        return await backend.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } value ? Encoding.UTF8.GetString(value) : null;
    }
}
