using System.Buffers;
using System.Security.Cryptography;

namespace Cistern;

/// <summary>The names of everything that belongs to one file backend, all in the folder of its snapshot. No key is ever part of one.</summary>
internal sealed class FilePaths
{
    private const string TemporaryEnding = ".tmp";
    private const int RandomBytes = 8;

    private static readonly SearchValues<char> RandomLetters = SearchValues.Create("0123456789abcdef");

    /// <summary>A link to the snapshot is followed once, here: what replaces the snapshot then replaces what the link leads to, and not the link.</summary>
    public FilePaths(string path)
    {
        var full = Path.GetFullPath(path);
        Snapshot = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        Folder = Path.GetDirectoryName(Snapshot) ?? throw new CacheBackendException("The path names no file.");
    }

    public string Snapshot { get; }

    public string Folder { get; }

    public string Sidecar => Snapshot + ".meta";

    /// <summary>The sidecar of a snapshot that is about to take its place, or just did.</summary>
    public string NextSidecar => Sidecar + ".next";

    public string Journal => Snapshot + ".journal";

    /// <summary>The journal of a snapshot that is about to take its place, or just did.</summary>
    public string NextJournal => Journal + ".next";

    public string Lock => Snapshot + ".lock";

    /// <summary>Every name that is known beforehand, the snapshot's first.</summary>
    public IReadOnlyList<string> All => [Snapshot, Sidecar, NextSidecar, Journal, NextJournal, Lock];

    /// <summary>A name that nobody can guess, for a file that is not finished.</summary>
    public string Temporary() => Beside(TemporaryEnding);

    /// <summary>A name for what is kept for people to look at.</summary>
    public string Kept(string what) => Beside("." + what);

    /// <summary>Unfinished files that a process left when it ended.</summary>
    public IEnumerable<string> Leftovers()
    {
        var name = Path.GetFileName(Snapshot);
        return Directory.EnumerateFiles(Folder).Where(path =>
            Path.GetFileName(path) is var candidate
            && candidate.Length == name.Length + 1 + 2 * RandomBytes + TemporaryEnding.Length
            && candidate.StartsWith(name + ".", StringComparison.Ordinal)
            && candidate.EndsWith(TemporaryEnding, StringComparison.Ordinal)
            && candidate.AsSpan(name.Length + 1, 2 * RandomBytes).IndexOfAnyExcept(RandomLetters) < 0);
    }

    private string Beside(string ending) => $"{Snapshot}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes))}{ending}";
}
