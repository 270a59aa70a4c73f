namespace Cistern;

/// <summary>An entry that a search under the lock has found, and the slot that led to it.</summary>
internal readonly ref struct FoundEntry(ref ulong place, ulong slot, EntryHead head)
{
    private readonly ref ulong _place = ref place;

    public uint Address => SlotTable.AddressOf(slot);

    public int Uses => SlotTable.UsesOf(slot);

    public EntryHead Head { get; } = head;

    /// <summary>Counts a use.</summary>
    public void Use() => SlotTable.Use(ref _place, LogEviction.MostUses);
}
