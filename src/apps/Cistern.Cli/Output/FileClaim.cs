namespace Cistern.Cli;

/// <summary>What somebody in a run has to do with some files. Immutable.</summary>
/// <param name="Name">Who it is, for errors: an option, a backend, a word.</param>
/// <param name="Where">Where they were named, for errors.</param>
/// <param name="Places">The files, the one that was named first.</param>
/// <param name="IsReading">Whether they are only read.</param>
internal sealed record FileClaim(string Name, string Where, IReadOnlyList<FilePlace> Places, bool IsReading)
{
    /// <summary>The file that this one and another would both have; null: there is none, or both only read.</summary>
    public FilePlace? FindShared(FileClaim other) =>
        IsReading && other.IsReading ? null : Places.FirstOrDefault(place => other.Places.Any(place.IsSame));

    /// <summary>Whether a file is the one that was named, and none of those beside it.</summary>
    public bool IsNamed(FilePlace place) => Places is [var first, ..] && first.IsSame(place);
}
