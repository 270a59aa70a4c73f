using System.Runtime.Intrinsics;

namespace Cistern;

/// <summary>A short key of ASCII, with a byte for each character, as an entry has it: in registers, from which it is hashed and compared without a loop. A type argument, so that a lookup of keys of each kind is a straight line.</summary>
internal interface IShortKey
{
    int Length { get; }

    /// <summary>Whether it is such a key: all its characters are of ASCII. Otherwise nothing of it means anything.</summary>
    bool IsAscii { get; }

    /// <summary>The same as <see cref="KeyHash.OfStored(string)"/>.</summary>
    uint Hash { get; }

    /// <summary>In which bytes it differs from a key that is stored with the same length: in none where they are 0.</summary>
    Vector128<byte> Difference(ref byte stored);
}
