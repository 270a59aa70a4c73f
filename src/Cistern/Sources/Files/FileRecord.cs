namespace Cistern;

/// <summary>What a <see cref="FileFormat"/> found in one record: an entry, a key that is said to be absent, or a fault.</summary>
public readonly record struct FileRecord
{
    private FileRecord(SourceEntry entry, bool isAbsent, string? fault, int faultPosition)
    {
        Entry = entry;
        IsAbsent = isAbsent;
        Fault = fault;
        FaultPosition = faultPosition;
    }

    /// <summary>The entry; of an absent one only the key counts.</summary>
    public SourceEntry Entry { get; }

    /// <summary>Whether the record says that there is no such key.</summary>
    public bool IsAbsent { get; }

    /// <summary>What is wrong with the record, and what is allowed; null: nothing.</summary>
    public string? Fault { get; }

    /// <summary>Where in the record the fault is, in bytes.</summary>
    public int FaultPosition { get; }

    /// <summary>A record that holds an entry.</summary>
    /// <param name="entry">The entry.</param>
    public static FileRecord Of(SourceEntry entry) => new(entry, false, null, 0);

    /// <summary>A record that says that there is no such key.</summary>
    /// <param name="key">The key.</param>
    public static FileRecord Absent(string key) => new(new SourceEntry(key, default), true, null, 0);

    /// <summary>A record that is not an entry.</summary>
    /// <param name="reason">What is wrong, and what is allowed. Holds no value.</param>
    /// <param name="position">Where in the record, in bytes.</param>
    public static FileRecord Faulty(string reason, int position = 0) => new(default, false, reason, position);
}
