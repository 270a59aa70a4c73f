namespace Cistern;

/// <summary>The schemes that an application knows: opens backends by their addresses. <c>memory:</c> is always known. Immutable.</summary>
public sealed class BackendSchemes
{
    private readonly Dictionary<string, BackendScheme> _schemes;

    /// <summary>Creates a registry.</summary>
    /// <param name="schemes">The schemes to know besides <c>memory:</c>; of two with one name the later one counts.</param>
    public BackendSchemes(params IEnumerable<BackendScheme> schemes)
    {
        ArgumentNullException.ThrowIfNull(schemes);
        _schemes = new() { [MemoryScheme.Instance.Name] = MemoryScheme.Instance };
        foreach (var scheme in schemes) _schemes[scheme.Name] = scheme;
    }

    /// <summary>The names of all schemes, in order.</summary>
    public IReadOnlyList<string> Names => [.. _schemes.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The scheme of an address, which has only options that the scheme knows.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="FormatException">The scheme or an option is unknown; the message names the nearest known one, and holds no secret.</exception>
    public BackendScheme Find(BackendAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!_schemes.TryGetValue(address.Scheme, out var scheme)) throw new FormatException($"unknown kind of backend '{address.Scheme}'; {Known(address.Scheme, Names, ":")}");
        if (address.Options.Keys.FirstOrDefault(name => !scheme.Options.Contains(name)) is { } unknown) throw new FormatException($"unknown option '{AddressSecrets.HideName(unknown)}' of {scheme.Name}:; {Known(unknown, scheme.Options, "")}");
        return scheme;
    }

    /// <summary>Opens the backend of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="opening">How it is opened. Null: <see cref="BackendOpening.Default"/>.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="FormatException">The address cannot be used; the message says why and what is allowed, and holds no secret.</exception>
    /// <exception cref="CacheBackendException">The backend cannot be opened.</exception>
    public ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening? opening = null, CancellationToken cancellationToken = default) =>
        Find(address).OpenAsync(address, opening ?? BackendOpening.Default, cancellationToken);

    private static string Known(string word, IReadOnlyList<string> known, string suffix)
    {
        if (NearestWord.Find(word, known) is { } nearest) return $"did you mean '{nearest}{suffix}'?";
        return known.Count == 0 ? "it has none" : $"known: {string.Join(", ", known.Select(name => name + suffix))}";
    }
}
