namespace Cistern;

/// <summary>The logs of a shard.</summary>
internal enum LogName
{
    /// <summary>Where new entries begin.</summary>
    Small,

    /// <summary>Where those go that were used.</summary>
    Main,
}
