namespace Cistern;

/// <summary>A key's place in the table and in the order of eviction. Used under the table's lock.</summary>
internal sealed class HeldEntry(string key, HeldState state)
{
    public string Key { get; } = key;

    public HeldState State { get; set; } = state;

    public HeldEntry? Older { get; set; }

    public HeldEntry? Newer { get; set; }

    public bool IsGone { get; set; }
}
