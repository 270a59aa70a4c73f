using Microsoft.Win32.SafeHandles;

namespace Cistern.Tests;

/// <summary>The system's calls, counted, of which chosen ones fail: with an error, after half of a write, or for good as when the process ends.</summary>
internal sealed class FaultyCalls : IFileCalls
{
    // The files, by handle, and folders, by path, whose fsync failed.
    private readonly HashSet<object> _unsynced = [];

    /// <summary>The calls so far, by name.</summary>
    public List<string> Made { get; } = [];

    /// <summary>Whether the call of a number and name fails. Null: none does.</summary>
    public Func<int, string, bool>? Fails { get; set; }

    /// <summary>What a failing call leaves behind, when it is a write: its first half.</summary>
    public bool WritesHalf { get; set; }

    /// <summary>Nothing happens any more once a call has failed.</summary>
    public bool IsCrash { get; set; }

    public bool HasCrashed { get; private set; }

    /// <summary>What was done with a file or folder after its fsync had failed, though nobody knows what is on the disk; null: nothing.</summary>
    public string? DoneUnsynced { get; private set; }

    public SafeFileHandle CreateNew(string path)
    {
        Count("create");
        return SystemFileCalls.Instance.CreateNew(path);
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        if (_unsynced.Contains(file)) DoneUnsynced ??= "write";
        try
        {
            Count("write");
        }
        catch (IOException) when (WritesHalf)
        {
            SystemFileCalls.Instance.Write(file, bytes[..(bytes.Length / 2)], offset);
            throw;
        }

        SystemFileCalls.Instance.Write(file, bytes, offset);
    }

    public void Truncate(SafeFileHandle file, long length)
    {
        Count("truncate");
        SystemFileCalls.Instance.Truncate(file, length);
    }

    // Counted, and not done: no test here pulls the plug, and a disk is slow.
    public void Sync(SafeFileHandle file) => CountSync("fsync", file);

    public void SyncFolder(string path) => CountSync("fsync folder", path);

    public void Rename(string from, string to)
    {
        Count("rename");
        SystemFileCalls.Instance.Rename(from, to);
    }

    public void Delete(string path)
    {
        Count("delete");
        SystemFileCalls.Instance.Delete(path);
    }

    private void CountSync(string name, object synced)
    {
        if (_unsynced.Contains(synced)) DoneUnsynced ??= name;
        try
        {
            Count(name);
        }
        catch (IOException)
        {
            _unsynced.Add(synced);
            throw;
        }
    }

    private void Count(string name)
    {
        Made.Add(name);
        if (!HasCrashed && Fails?.Invoke(Made.Count - 1, name) != true) return;
        HasCrashed = IsCrash;
        throw new IOException($"injected: {name}, call {Made.Count - 1}");
    }
}
