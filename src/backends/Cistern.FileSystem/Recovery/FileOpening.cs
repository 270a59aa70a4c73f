namespace Cistern;

/// <summary>Opens the files of a backend: for writing, under the lock; for reading, until what is read belongs together.</summary>
internal sealed class FileOpening(FilePaths paths, FileBackendOptions options, StoreEnvironment environment)
{
    // A writer that folds needs a few renames; meeting one of its moments this often in a row is no accident.
    private const int MostReadings = 20;

    // How often in a row the journal must end in the same half record: a large one takes its time to write.
    private const int ReadingsOfACut = 4;

    public (EntryTable Table, LoadedFile Loaded, FileStore? Store) Open(long now, Func<KeptTable> keep)
    {
        if (options.IsReadOnly)
        {
            var (readTable, read) = Read(now);
            return (readTable, read, null);
        }

        CreateFolder();
        var writerLock = WriterLock.Acquire(paths.Lock, paths.Snapshot, environment.Calls);
        try
        {
            DeleteLeftovers();
            var (table, loaded) = Load(now);
            return (table, loaded, new FileStore(paths, options, environment, writerLock, loaded, keep));
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    }

    private (EntryTable Table, LoadedFile Loaded) Read(long now)
    {
        if (!Path.Exists(paths.Snapshot)) throw new CacheBackendException($"{paths.Snapshot} is not there, and a reader creates nothing.");
        IReadOnlyList<BackendFinding> before = [];
        var same = 0;
        for (var reading = 1; reading < MostReadings; reading++)
        {
            var (table, loaded) = Load(now);
            var findings = loaded.Findings.ToList();
            same = findings.SequenceEqual(before) ? same + 1 : 1;
            if (same >= ReadingsToBelieve(loaded)) return (table, loaded);
            before = findings;
            environment.Pause();
        }

        var (lastTable, last) = Load(now);

        // It is another one each time: somebody writes.
        if (last.Cut is { } cut && !before.Contains(cut)) last.Findings.Remove(cut);
        return (lastTable, last);
    }

    private static int ReadingsToBelieve(LoadedFile loaded) => loaded switch
    {
        { Cut: not null } => ReadingsOfACut,
        { IsUnsettled: true } or { IsMismatched: true } => 2,
        _ => 1,
    };

    private (EntryTable Table, LoadedFile Loaded) Load(long now)
    {
        var table = new EntryTable(options);
        return (table, new FileLoader(paths, options, new RecoveredEntries(table, now), now).Load());
    }

    private void CreateFolder()
    {
        if (Directory.Exists(paths.Folder)) return;
        var made = new List<string>();
        for (var folder = paths.Folder; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)) made.Add(folder);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(paths.Folder);
        else Directory.CreateDirectory(paths.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // What lies in a folder is only as durable as the folder's own name.
        try
        {
            foreach (var folder in made) environment.Calls.SyncFolder(Path.GetDirectoryName(folder)!);
        }
        catch (IOException)
        {
            TakeBack(made);
            throw;
        }
    }

    // The next opening would take a folder that is there to be on the disk.
    private static void TakeBack(List<string> folders)
    {
        try
        {
            foreach (var folder in folders) Directory.Delete(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Somebody else uses it already.
        }
    }

    private void DeleteLeftovers()
    {
        foreach (var path in paths.Leftovers()) environment.Calls.TryDelete(path);
    }
}
