namespace Cistern.Kills;

/// <summary>What a step does.</summary>
internal enum StepKind
{
    /// <summary>Sets one key.</summary>
    Set,

    /// <summary>Sets several keys, whole or not at all.</summary>
    SetMany,

    /// <summary>Deletes one key.</summary>
    Delete,

    /// <summary>Removes everything.</summary>
    Clear,
}
