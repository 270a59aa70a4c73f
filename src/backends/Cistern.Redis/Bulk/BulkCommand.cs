namespace Cistern;

/// <summary>One command of a bulk write.</summary>
/// <param name="First">The place of its first draft in the plan's order.</param>
/// <param name="Count">How many drafts it writes; more than one by a script, or together.</param>
/// <param name="Slot">The slot of their keys in a cluster; 0 where there is none.</param>
/// <param name="IsAsking">Whether it is sent to a server that is just taking the slot over.</param>
internal readonly record struct BulkCommand(int First, int Count, int Slot, bool IsAsking = false);
