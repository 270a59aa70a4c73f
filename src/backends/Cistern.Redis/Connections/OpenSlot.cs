namespace Cistern;

/// <summary>A slot that is on its way from one master to another: some of its keys are here, and some there.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="From">The id of the master that had it.</param>
/// <param name="To">The id of the one that will.</param>
internal readonly record struct OpenSlot(int Slot, string From, string To);
