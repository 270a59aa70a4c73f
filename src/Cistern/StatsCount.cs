namespace Cistern;

/// <summary>What is counted.</summary>
internal enum StatsCount
{
    Hit,
    Miss,
    Set,
    Delete,
    Eviction,
    Expiration,
}
