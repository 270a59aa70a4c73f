namespace Cistern;

/// <summary>What whoever opens a backend by its address decides, and not the address. Immutable.</summary>
public sealed record BackendOpening
{
    // As in a URI: between this and the next slash stands a host.
    private const string BeforeHost = "//";

    /// <summary>The system's clock, the current folder, for reading and writing.</summary>
    public static BackendOpening Default { get; } = new();

    /// <summary>The clock. Null: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Where a relative path in an address begins. Null: the current folder.</summary>
    public string? BaseFolder { get; init; }

    /// <summary>Whether the backend will only be read: one that is shared through a file then takes no lock that keeps others out, and begins no store. Default: false.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether there must be something to open: a backend that would otherwise begin empty is then a fault, and nothing is created. Default: false.</summary>
    public bool MustExist { get; init; }

    /// <summary>The full path of the path in an address.</summary>
    /// <param name="location">The location: a path, relative ones begin at <see cref="BaseFolder"/>; or, as in a URI, <c>//</c> and an absolute path.</param>
    /// <exception cref="FormatException">A host stands behind <c>//</c>, or there is a NUL in the path; the message says what is allowed.</exception>
    public string FullPath(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (location.Contains('\0')) throw new FormatException("a path has no NUL in it");
        if (!location.StartsWith(BeforeHost, StringComparison.Ordinal)) return Path.GetFullPath(location, Path.GetFullPath(BaseFolder ?? "."));
        return location.Length > BeforeHost.Length && location[BeforeHost.Length] == '/'
            ? Path.GetFullPath(location[BeforeHost.Length..])
            : throw new FormatException("what stands behind // is a host, and files of other hosts cannot be opened; an absolute path begins with one slash, or with three");
    }
}
