namespace Cistern;

/// <summary>How much of what a server sent is kept.</summary>
internal enum ReadDepth
{
    /// <summary>What is needed to know whether it lives, and which version it has.</summary>
    Header,

    /// <summary>The value, too.</summary>
    Value,

    /// <summary>The value and the metadata, too.</summary>
    Whole,
}
