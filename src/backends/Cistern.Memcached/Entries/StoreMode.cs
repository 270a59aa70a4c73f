namespace Cistern;

/// <summary>What must hold on the server for something to be stored.</summary>
internal enum StoreMode
{
    Always,

    /// <summary>Nothing is there.</summary>
    Absent,

    /// <summary>What is there is what was read.</summary>
    Unchanged,
}
