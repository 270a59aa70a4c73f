namespace Cistern;

/// <summary>What a database holds in all, kept in one row and changed in the transaction that changes the entries, so that it is exact for every process.</summary>
/// <param name="Entries">Entries held, expired ones that wait for their removal included.</param>
/// <param name="SizeBytes">Bytes of their values.</param>
/// <param name="Sequence">The number of the last use of an entry; uses are counted, not timed, so that their order is exact.</param>
/// <param name="Clock">The latest moment at which anyone wrote, in milliseconds since 1970: a clock that is behind it has jumped.</param>
internal readonly record struct Totals(long Entries, long SizeBytes, long Sequence, long Clock);
