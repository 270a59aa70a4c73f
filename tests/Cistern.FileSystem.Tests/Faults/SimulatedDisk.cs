using Microsoft.Win32.SafeHandles;

namespace Cistern.Tests;

/// <summary>
/// The system's calls on the files of one folder, and beside them what a disk is sure to have of it: of a file the content of its last fsync,
/// of the folder the names of its last fsync, and maybe some of the names' changes since, in their order.
/// </summary>
internal sealed class SimulatedDisk(string folder) : IFileCalls
{
    private const int SectorBytes = 512;

    private readonly Dictionary<SafeFileHandle, Inode> _open = [];
    private readonly Dictionary<string, Inode> _names = [];
    private readonly List<Action<Dictionary<string, Inode>>> _changes = [];
    private Dictionary<string, Inode> _syncedNames = [];

    /// <summary>How many calls there were.</summary>
    public int Made { get; private set; }

    /// <summary>The call from which on nothing happens any more.</summary>
    public int Cut { get; init; } = int.MaxValue;

    /// <summary>The call that fails, and brings nothing to the disk, when it is an fsync.</summary>
    public int FailingSync { get; init; } = -1;

    /// <summary>The calls that were an fsync.</summary>
    public List<int> Syncs { get; } = [];

    public bool IsCut => Made > Cut;

    /// <summary>The changes of names that an fsync of the folder has not brought to the disk.</summary>
    public int UnsyncedChanges => _changes.Count;

    public SafeFileHandle CreateNew(string path)
    {
        Count();
        var file = SystemFileCalls.Instance.CreateNew(path);
        var inode = new Inode();
        _open[file] = inode;
        Change(names => names[path] = inode);
        return file;
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        Count();
        SystemFileCalls.Instance.Write(file, bytes, offset);
    }

    public void Truncate(SafeFileHandle file, long length)
    {
        Count();
        SystemFileCalls.Instance.Truncate(file, length);
    }

    public void Sync(SafeFileHandle file)
    {
        CountSync();
        var content = new byte[RandomAccess.GetLength(file)];
        Assert.Equal(content.Length, RandomAccess.Read(file, content, 0));
        _open[file].Synced = content;
    }

    public void SyncFolder(string path)
    {
        CountSync();
        Assert.Equal(folder, path);
        _syncedNames = new(_names);
        _changes.Clear();
    }

    public void Rename(string from, string to)
    {
        Count();
        SystemFileCalls.Instance.Rename(from, to);
        Change(names =>
        {
            if (names.Remove(from, out var inode)) names[to] = inode;
        });
    }

    public void Delete(string path)
    {
        Count();
        SystemFileCalls.Instance.Delete(path);
        Change(names => names.Remove(path));
    }

    /// <summary>What a folder holds after the power was cut.</summary>
    /// <param name="path">The folder to put it in.</param>
    /// <param name="changes">How many of the changes of names that were not synced have arrived.</param>
    /// <param name="content">What a file holds, of what was synced and what was written.</param>
    public void PutRemains(string path, int changes, Func<byte[], byte[], byte[]> content)
    {
        var names = new Dictionary<string, Inode>(_syncedNames);
        foreach (var change in _changes.Take(changes)) change(names);
        foreach (var (name, inode) in names) File.WriteAllBytes(Path.Combine(path, Path.GetFileName(name)), content(inode.Synced, Written(inode)));
    }

    /// <summary>What was synced, and behind it some sectors of what was written, with zeroes in the place of the others; the length may be any in between.</summary>
    public static byte[] Tear(byte[] synced, byte[] written, Random random)
    {
        if (written.Length <= synced.Length) return synced;
        var torn = written[..(random.Next(3) == 0 ? random.Next(synced.Length, written.Length + 1) : written.Length)];
        var eighths = random.Next(1, 8);
        for (var at = synced.Length; at < torn.Length; at = (at / SectorBytes + 1) * SectorBytes)
        {
            if (random.Next(8) >= eighths) torn.AsSpan(at, Math.Min(torn.Length - at, SectorBytes - at % SectorBytes)).Clear();
        }

        return torn;
    }

    // Read by its name of now; of a file that has none any more the last content is not worth looking for.
    private byte[] Written(Inode inode)
    {
        var name = _names.FirstOrDefault(pair => pair.Value == inode).Key;
        return name is null ? inode.Synced : File.ReadAllBytes(name);
    }

    private void Change(Action<Dictionary<string, Inode>> change)
    {
        change(_names);
        _changes.Add(change);
    }

    private void CountSync()
    {
        Syncs.Add(Made);
        Count();
        if (Syncs[^1] == FailingSync) throw new IOException($"injected: fsync, call {FailingSync}");
    }

    private void Count()
    {
        Made++;
        if (IsCut) throw new IOException("The power is off.");
    }

    private sealed class Inode
    {
        public byte[] Synced { get; set; } = [];
    }
}
