namespace Cistern;

/// <summary>The commands that write some entries, and how each is sent and its answer taken. Its members may be called from several threads, for different commands.</summary>
/// <param name="drafts">The entries.</param>
/// <param name="order">Which of them to write, in the order of the commands.</param>
/// <param name="slotOf">The slot of a key; null: there is one server.</param>
internal abstract class BulkPlan(IReadOnlyList<EntryDraft> drafts, int[] order, Func<string, int>? slotOf)
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    /// <summary>The commands. Those of a wave may be sent in any order, and only when all of the wave before are done: of a key that is written more than once, the first may be sent elsewhere or come back.</summary>
    public abstract IReadOnlyList<IReadOnlyList<BulkCommand>> Waves { get; }

    /// <summary>Whether the commands are for a cluster's slots.</summary>
    public bool IsCluster => slotOf is not null;

    /// <summary>Whether the commands need the script for conditional sets.</summary>
    public abstract bool IsScript { get; }

    /// <summary>How many entries there are to write.</summary>
    protected int Count => order.Length;

    /// <summary>Whether a command may be sent again when it is not known if it was done. If absent may not: it would find what it had stored itself.</summary>
    public bool MaySendAgain(BulkCommand command)
    {
        foreach (var i in PlacesOf(command))
        {
            if (drafts[i].Condition == SetCondition.IfAbsent) return false;
        }

        return true;
    }

    /// <summary>About how many bytes a command has.</summary>
    public long BytesOf(BulkCommand command)
    {
        var bytes = 0L;
        for (var i = 0; i < command.Count; i++) bytes += BytesOf(command.First + i);
        return bytes;
    }

    /// <summary>The entries of a command.</summary>
    public EntryDraft[] DraftsOf(BulkCommand command) => Array.ConvertAll(PlacesOf(command).ToArray(), i => drafts[i]);

    /// <summary>A command for each of its keys.</summary>
    public IEnumerable<BulkCommand> Split(BulkCommand command)
    {
        for (var first = command.First; first < command.First + command.Count;)
        {
            var count = 1;
            while (first + count < command.First + command.Count && IsRepeated(first + count)) count++;
            yield return command with { First = first, Count = count };
            first += count;
        }
    }

    /// <summary>The same commands as the multiplexer has them: of several entries only those by the script.</summary>
    public virtual IReadOnlyList<BulkCommand> OneByOne(IReadOnlyList<BulkCommand> commands) => commands;

    /// <summary>How many numbers a command's answer is read as; 0: it can only be a word.</summary>
    public abstract int AnswersOf(BulkCommand command);

    /// <summary>The key of a command's first entry, for errors.</summary>
    public string KeyOf(BulkCommand command) => DraftAt(command.First).Key;

    /// <summary>Writes a command.</summary>
    public abstract void Write(BulkCommand command, RespBuffer output);

    /// <summary>Takes a command's answer.</summary>
    public abstract void Note(BulkCommand command, ReadOnlySpan<int> answers);

    /// <summary>The entry at a place of the order.</summary>
    protected EntryDraft DraftAt(int place) => drafts[order[place]];

    /// <summary>The entries of a command, as places in the batch.</summary>
    protected ReadOnlySpan<int> PlacesOf(BulkCommand command) => order.AsSpan(command.First, command.Count);

    /// <summary>Whether the entry before has the same key.</summary>
    protected bool IsRepeated(int place) => place > 0 && DraftAt(place).Key == DraftAt(place - 1).Key;

    /// <summary>How many entries from a place on one command may take: of one slot, and within bounds; at least one.</summary>
    protected int CountWithin(int first, int mostKeys, long mostBytes)
    {
        var slot = SlotOf(first);
        var bytes = BytesOf(first);
        var count = 1;
        while (count < mostKeys && first + count < Count && SlotOf(first + count) == slot && (bytes += BytesOf(first + count)) <= mostBytes) count++;
        return count;
    }

    // About: metadata is text that is made only when it is sent.
    private long BytesOf(int place)
    {
        var draft = DraftAt(place);
        var bytes = draft.Key.Length + draft.Value.Length;
        foreach (var (name, text) in draft.Metadata ?? NoMetadata) bytes += name.Length + text.Length;
        return bytes;
    }

    /// <summary>The slot of the entry at a place of the order; 0 where there is one server.</summary>
    protected int SlotOf(int place) => slotOf is null ? 0 : slotOf(DraftAt(place).Key);
}
