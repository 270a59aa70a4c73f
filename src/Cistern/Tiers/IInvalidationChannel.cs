namespace Cistern;

/// <summary>
/// Tells the other users of a far tier which keys changed, and hears it of them, so that copies in near tiers do not outlive what they are copies of. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Messages may come late or twice, but one that is lost must be noticed: the listener then takes every copy for stale. What a channel's own user sends does not come back to it.
/// </remarks>
public interface IInvalidationChannel : IAsyncDisposable
{
    /// <summary>Begins to hear. Called once, before anything is sent.</summary>
    /// <param name="listener">Is told what others changed, some of it at the same time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask ListenAsync(IInvalidationListener listener, CancellationToken cancellationToken);

    /// <summary>Tells that keys changed, after they did.</summary>
    /// <param name="keys">The keys; at least one.</param>
    /// <param name="cancellationToken">Ends the wait; whether others were told is then unknown.</param>
    /// <exception cref="CacheBackendException">The others could not be told.</exception>
    ValueTask SendAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Tells that every key may have changed, after it did.</summary>
    /// <param name="cancellationToken">Ends the wait; whether others were told is then unknown.</param>
    /// <exception cref="CacheBackendException">The others could not be told.</exception>
    ValueTask SendAllAsync(CancellationToken cancellationToken);
}
