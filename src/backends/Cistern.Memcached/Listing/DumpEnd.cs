namespace Cistern;

/// <summary>How a server's list of its keys ended.</summary>
internal enum DumpEnd
{
    /// <summary>Not yet.</summary>
    None,

    /// <summary>It was whole.</summary>
    Whole,

    /// <summary>The server lists for somebody else, its table grows, or it has no room for a connection: later it may.</summary>
    Busy,

    /// <summary>The server does not list its keys.</summary>
    Refused,
}
