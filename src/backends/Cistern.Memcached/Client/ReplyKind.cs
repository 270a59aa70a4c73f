namespace Cistern;

/// <summary>What a line of a server's says.</summary>
internal enum ReplyKind
{
    /// <summary>No line yet.</summary>
    None,

    /// <summary><c>HD</c>: done.</summary>
    Done,

    /// <summary><c>VA</c>: a value follows.</summary>
    Value,

    /// <summary><c>EN</c>: a miss.</summary>
    Miss,

    /// <summary><c>NS</c>: not stored, as something is there.</summary>
    NotStored,

    /// <summary><c>EX</c>: changed by somebody else since it was read.</summary>
    Changed,

    /// <summary><c>NF</c>: gone since it was read.</summary>
    NotFound,

    /// <summary><c>MN</c>: everything that was asked before has been answered.</summary>
    End,

    /// <summary><c>SERVER_ERROR</c>: it could not do what it was asked.</summary>
    ServerError,

    /// <summary><c>CLIENT_ERROR</c> or <c>ERROR</c>: it did not understand.</summary>
    ClientError,
}
