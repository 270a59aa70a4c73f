namespace Cistern;

/// <summary>First in, first out, exact: only being added counts. An overwritten entry keeps its age.</summary>
internal sealed class OldestAddedPolicy : EvictionPolicy
{
    public override bool TracksReads => false;

    public override void Read(StoredEntry entry)
    {
    }

    public override void Overwritten(StoredEntry entry)
    {
    }
}
