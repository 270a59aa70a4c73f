namespace Cistern;

/// <summary>Least recently used, exact: a read or a set makes an entry the last to go.</summary>
internal sealed class LruPolicy : EvictionPolicy
{
    public override bool TracksReads => true;

    public override void Read(StoredEntry entry) => MoveToNewest(entry);

    public override void Overwritten(StoredEntry entry) => MoveToNewest(entry);
}
