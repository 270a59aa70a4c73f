namespace Cistern;

/// <summary>What a database file turned out to be.</summary>
internal enum DatabaseKind
{
    /// <summary>Without any table: a new one.</summary>
    Empty,

    /// <summary>One table <c>cache</c> of keys and texts, as the first program had it.</summary>
    KeysAndTexts,

    /// <summary>Ours, of the version this code writes.</summary>
    Current,
}
