namespace Cistern.Cli;

/// <summary>
/// Every file that a run reads, writes, or leaves to a backend, so that none gets into the way of another: the one place that looks for it. A
/// summary that replaced a store, or a store that grew over its own input, would be a loss without any fault.
/// </summary>
internal sealed class FileClaims
{
    private readonly List<FileClaim> _claims = [];

    /// <summary>A file that is read.</summary>
    /// <param name="name">What it is, for errors.</param>
    /// <param name="path">The file; one that cannot be a file is left to whoever opens it.</param>
    /// <exception cref="BadInputException">It would be written, too.</exception>
    public void Read(string name, string path) => Add(new FileClaim(name, path, Find([path]), IsReading: true));

    /// <summary>A file that is written.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="output">The file.</param>
    /// <exception cref="BadInputException">Somebody else has it.</exception>
    public void Write(string option, OutputPath output) => Add(new FileClaim(option, output.Shown, [output.Place], IsReading: false));

    /// <summary>The files of a backend.</summary>
    /// <param name="name">The backend, without secrets.</param>
    /// <param name="where">Where its address was written.</param>
    /// <param name="files">All its files.</param>
    /// <param name="isReadOnly">Whether it is only read.</param>
    /// <exception cref="BadInputException">Somebody else has one of them.</exception>
    public void Own(string name, string where, IReadOnlyList<string> files, bool isReadOnly) => Add(new FileClaim(name, where, Find(files), isReadOnly));

    private void Add(FileClaim claim)
    {
        foreach (var other in _claims)
        {
            if (claim.FindShared(other) is not { } place) continue;
            var both = $"{claim.Where}: {other.Name} and {claim.Name}";
            throw new BadInputException(claim.IsNamed(place) && other.IsNamed(place) ? $"{both} are the same file; nothing was changed" : $"{both} would both have the file {place.Full}; nothing was changed");
        }

        _claims.Add(claim);
    }

    private static List<FilePlace> Find(IReadOnlyList<string> paths)
    {
        var places = new List<FilePlace>();
        foreach (var path in paths)
        {
            if (path.Length == 0 || path.Contains('\0')) continue;
            try { places.Add(FilePlace.Of(path)); }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException) { /* Whoever opens it is told. */ }
        }

        return places;
    }
}
