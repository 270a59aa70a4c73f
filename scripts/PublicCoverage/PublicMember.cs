namespace Cistern.Coverage;

/// <summary>A member that users of a library can call, and the lines of its code.</summary>
/// <param name="Name">Its type and name, for people.</param>
/// <param name="Lines">Where its code lies.</param>
internal sealed record PublicMember(string Name, IReadOnlyCollection<(string File, int Line)> Lines);
