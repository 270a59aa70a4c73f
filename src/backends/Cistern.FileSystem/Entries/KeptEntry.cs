namespace Cistern;

/// <summary>An entry as it was at one moment, to be written while the table goes on changing.</summary>
internal readonly record struct KeptEntry(string Key, HeldState State);
