namespace Cistern;

/// <summary>A kind of backend whose place can be checked without opening it for use: what is sound, what was or would be dropped, and why.</summary>
public interface IVerifiableScheme
{
    /// <summary>
    /// Checks the place that an address names, and changes nothing there. What is damaged is a finding; only what cannot be checked at all is thrown.
    /// </summary>
    /// <param name="address">The address; its scheme is this one.</param>
    /// <param name="opening">Where relative paths begin; the clock.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="FormatException">The address is not one of this scheme, or names no place that can be checked.</exception>
    /// <exception cref="CacheBackendException">The place is not there, or cannot be read.</exception>
    ValueTask<BackendVerification> VerifyAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken = default);
}
