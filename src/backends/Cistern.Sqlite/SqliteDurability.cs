namespace Cistern;

/// <summary>What an acknowledged write survives. Every level survives the death of the process, and leaves a database that opens.</summary>
public enum SqliteDurability
{
    /// <summary>A power loss may take the last writes; what is left is a state that was there before them (SQLite's <c>synchronous=NORMAL</c>).</summary>
    Normal,

    /// <summary>A power loss takes nothing that was acknowledged: one fsync for each write or batch (SQLite's <c>synchronous=FULL</c>).</summary>
    Full,
}
