namespace Cistern;

/// <summary>What a <see cref="RecordSplitter"/> found in the bytes it was shown: a record, too little to tell, or a fault.</summary>
public readonly record struct RecordBounds
{
    private RecordBounds(bool isFound, int start, int length, int consumed, string? fault)
    {
        IsFound = isFound;
        Start = start;
        Length = length;
        Consumed = consumed;
        Fault = fault;
    }

    /// <summary>Whether there is a whole record.</summary>
    public bool IsFound { get; }

    /// <summary>Where the record starts, or the fault is, in bytes.</summary>
    public int Start { get; }

    /// <summary>The length of the record in bytes.</summary>
    public int Length { get; }

    /// <summary>How many bytes are done with and not to be shown again.</summary>
    public int Consumed { get; }

    /// <summary>What is wrong, and what is allowed; null: nothing.</summary>
    public string? Fault { get; }

    /// <summary>A whole record.</summary>
    /// <param name="start">Where it starts.</param>
    /// <param name="length">Its length.</param>
    /// <param name="consumed">How many bytes are done with; at least to the end of the record.</param>
    public static RecordBounds Found(int start, int length, int consumed) => new(true, start, length, consumed, null);

    /// <summary>No whole record: the rest is still to come. At the end of the file: there is none.</summary>
    /// <param name="consumed">How many bytes belong to no record.</param>
    public static RecordBounds Incomplete(int consumed = 0) => new(false, 0, 0, consumed, null);

    /// <summary>Something that cannot be split.</summary>
    /// <param name="reason">What is wrong, and what is allowed. Holds no value.</param>
    /// <param name="position">Where, in bytes.</param>
    public static RecordBounds Refused(string reason, int position) => new(false, position, 0, 0, reason);
}
