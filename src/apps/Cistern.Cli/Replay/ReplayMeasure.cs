namespace Cistern.Cli;

/// <summary>In what a bound on the backend is measured.</summary>
internal enum ReplayMeasure
{
    /// <summary>Entries.</summary>
    Capacity,

    /// <summary>Bytes of values.</summary>
    MaxSize,

    /// <summary>All bytes held.</summary>
    MaxMemory,
}
