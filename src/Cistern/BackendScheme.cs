namespace Cistern;

/// <summary>
/// A kind of backend that an address can name. Each package of backends has one per scheme; an application registers those it wants with
/// <see cref="BackendSchemes"/>. Immutable, and safe for concurrent use.
/// </summary>
public abstract class BackendScheme
{
    /// <summary>Creates a scheme.</summary>
    /// <param name="name">What stands before the colon, in lower case: <c>memory</c>, <c>file</c>…</param>
    /// <param name="options">The names of the options that its addresses may have.</param>
    protected BackendScheme(string name, IReadOnlyList<string> options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(options);
        Name = name;
        Options = options;
    }

    /// <summary>What stands before the colon of its addresses.</summary>
    public string Name { get; }

    /// <summary>The names of the options that its addresses may have.</summary>
    public IReadOnlyList<string> Options { get; }

    /// <summary>
    /// The full paths of the files that the backend of an address has for itself, whether they are there already or not, the one that the address names first:
    /// who gives one of them to somebody else loses what is in it. Opens and creates nothing. By default there are none.
    /// </summary>
    /// <param name="address">The address, as for <see cref="OpenAsync"/>.</param>
    /// <param name="opening">How it would be opened.</param>
    /// <exception cref="FormatException">The location or an option is malformed.</exception>
    public virtual IReadOnlyList<string> FilesOf(BackendAddress address, BackendOpening opening) => [];

    /// <summary>Opens the backend of an address. Called with addresses of this scheme that have only options of <see cref="Options"/>.</summary>
    /// <param name="address">The address.</param>
    /// <param name="opening">How it is opened.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="FormatException">The location or an option is malformed. The message says what is allowed, and holds no secret.</exception>
    /// <exception cref="CacheBackendException">The backend cannot be opened, or <see cref="BackendOpening.MustExist"/> and is not there.</exception>
    public abstract ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken);
}
