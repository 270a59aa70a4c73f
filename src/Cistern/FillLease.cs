namespace Cistern;

/// <summary>
/// What a backend gives to whoever is about to bring the value of an absent key from elsewhere, by <see cref="CacheBackend.LeaseAsync"/>: set with it (<see cref="SetOptions.Lease"/>), the value is refused if anybody has set
/// or deleted the key since. Means something only to the backend, and the key, that it is of.
/// </summary>
/// <param name="Number">The backend's own; 0: no lease.</param>
public readonly record struct FillLease(ulong Number)
{
    /// <summary>Whether there is none.</summary>
    public bool IsNone => Number == 0;
}
