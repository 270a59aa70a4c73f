namespace Samples;

/// <summary>What one run of the service, from its start to its end, did.</summary>
/// <param name="IsPersistent">Whether the backend keeps entries from one start to the next.</param>
/// <param name="Hits">Lookups that the cache answered.</param>
/// <param name="Misses">Lookups that it did not.</param>
/// <param name="DatabaseReads">How often the database was read.</param>
/// <param name="Prices">The answers, one for each product.</param>
public sealed record Start(bool IsPersistent, long Hits, long Misses, int DatabaseReads, IReadOnlyList<string?> Prices)
{
    /// <summary>Whether a second start went as it should: right answers, and no read of the database where the cache outlived the first.</summary>
    public bool IsAsPromised =>
        Prices.Select((price, product) => price == (product == 7 ? "77" : "100")).All(isRight => isRight) && IsPersistent == (DatabaseReads == 0);
}
