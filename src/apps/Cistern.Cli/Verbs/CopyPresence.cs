namespace Cistern.Cli;

/// <summary>What becomes of a copied entry where one is already.</summary>
internal enum CopyPresence
{
    /// <summary>It is not copied, which counts as refused.</summary>
    Refuse,

    /// <summary>It is not copied, as was wanted.</summary>
    Keep,

    /// <summary>It takes the other's place, unless that one's version is newer.</summary>
    Overwrite,
}
