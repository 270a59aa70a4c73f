namespace Cistern;

/// <summary>For which use of a connection an entry counts by its size.</summary>
internal static class DraftUse
{
    private const int LargeBytes = 64 * 1024;

    public static ConnectionUse Use(this in EntryDraft draft) => draft.Value.Length > LargeBytes ? ConnectionUse.Batch : ConnectionUse.Call;
}
