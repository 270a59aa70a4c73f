namespace Cistern;

/// <summary>How far a write is on one backend.</summary>
/// <param name="Target">Which of the backends, from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Done">How many records it is done with, whatever became of them.</param>
/// <param name="Failed">How many of these failed.</param>
/// <param name="Accepted">How many records were accepted so far; more may come unless <paramref name="IsInputRead"/>.</param>
/// <param name="IsInputRead">Whether all records have been read.</param>
public readonly record struct WriteProgress(int Target, string Name, long Done, long Failed, long Accepted, bool IsInputRead);
