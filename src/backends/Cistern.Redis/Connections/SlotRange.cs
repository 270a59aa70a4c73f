namespace Cistern;

/// <summary>Slots of a cluster that one master has.</summary>
internal readonly record struct SlotRange(int From, int To, string Host, int Port);
