namespace Cistern;

/// <summary>Slots of a cluster that one master has.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last.</param>
/// <param name="Node">The master's id.</param>
/// <param name="Server">Where it is; null: the cluster does not say.</param>
internal readonly record struct SlotRange(int From, int To, string Node, RespTarget? Server);
