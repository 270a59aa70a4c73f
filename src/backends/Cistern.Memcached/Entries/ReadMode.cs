namespace Cistern;

/// <summary>What the server does as it reads an item.</summary>
internal enum ReadMode
{
    /// <summary>Nothing.</summary>
    Look,

    /// <summary>Counts it as a use.</summary>
    Use,

    /// <summary>Puts an empty item there where nothing is, for half a minute, so that there is a number which every change changes.</summary>
    Lease,
}
