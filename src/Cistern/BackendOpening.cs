namespace Cistern;

/// <summary>What whoever opens a backend by its address decides, and not the address. Immutable.</summary>
public sealed record BackendOpening
{
    /// <summary>The system's clock, the current folder, for reading and writing.</summary>
    public static BackendOpening Default { get; } = new();

    /// <summary>The clock. Null: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Where a relative path in an address begins. Null: the current folder.</summary>
    public string? BaseFolder { get; init; }

    /// <summary>Whether the backend will only be read: one that is shared through a file then needs no lock, and creates nothing. Default: false.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The full path of a path in an address.</summary>
    /// <param name="path">The path; relative ones begin at <see cref="BaseFolder"/>.</param>
    public string FullPath(string path) => Path.GetFullPath(path, Path.GetFullPath(BaseFolder ?? "."));
}
