namespace Cistern;

/// <summary>What an error tells to do with the command.</summary>
internal enum BulkAnswer
{
    /// <summary>Nothing: it failed.</summary>
    Failed,

    /// <summary>Send it again in a moment, after another look at who has which slots.</summary>
    Again,

    /// <summary>Send it to another server, which has the slot now.</summary>
    Moved,

    /// <summary>Send it to another server this time, which is just taking the slot over.</summary>
    Ask,
}
