namespace Cistern;

/// <summary>Evicts something in another shard; false: nothing could be. Waits for no shard, as it is called with the lock of one held.</summary>
/// <param name="asking">The shard that wants room.</param>
/// <param name="isBusy">Receives whether a shard was passed over as another thread has it.</param>
internal delegate bool EvictElsewhere(ShardEntries asking, out bool isBusy);
