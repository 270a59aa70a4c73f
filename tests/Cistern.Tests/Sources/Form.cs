namespace Cistern.Tests;

/// <summary>The forms in which a file is held; all must give the same.</summary>
public enum Form
{
    Held,
    Indexed,

    /// <summary>Indexed, in runs of two, under a hash that is the same for all keys.</summary>
    Colliding,
}
