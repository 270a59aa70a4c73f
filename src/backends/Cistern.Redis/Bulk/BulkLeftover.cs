namespace Cistern;

/// <summary>A command that is not done yet.</summary>
/// <param name="Command">The command.</param>
/// <param name="Server">Who is said to have its slot; null: that is to be asked.</param>
internal readonly record struct BulkLeftover(BulkCommand Command, RespTarget? Server);
