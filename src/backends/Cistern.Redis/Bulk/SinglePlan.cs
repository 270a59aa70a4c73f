namespace Cistern;

/// <summary>
/// Writes entries by a command for each: those without a condition whatever is there, the others if nothing is, which costs the server no more. What is there may be dead, and how it
/// compares only a script can tell: <see cref="Found"/>.
/// </summary>
/// <param name="drafts">The entries.</param>
/// <param name="order">Which of them to write; no key is repeated.</param>
/// <param name="slotOf">The slot of a key; null: there is one server.</param>
/// <param name="options">The prefix, and how much longer the server keeps a key.</param>
internal sealed class SinglePlan(IReadOnlyList<EntryDraft> drafts, int[] order, Func<string, int>? slotOf, RedisBackendOptions options) : BulkPlan(drafts, order, slotOf)
{
    private readonly Lock _lock = new();
    private readonly List<int> _found = [];
    private IReadOnlyList<BulkCommand>[]? _waves;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<BulkCommand>> Waves => _waves ??= [IsCluster ? ForSlots() : new SingleCommands(Count)];

    /// <inheritdoc/>
    public override bool IsScript => false;

    /// <summary>The entries with a condition whose keys hold something, as places in the batch. They were not written. To be read when the commands are done.</summary>
    public List<int> Found => _found;

    /// <inheritdoc/>
    public override int AnswersOf(BulkCommand command) => DraftAt(command.First).Condition == SetCondition.Always ? 0 : 1;

    /// <inheritdoc/>
    public override void Write(BulkCommand command, RespBuffer output)
    {
        var draft = DraftAt(command.First);
        var time = options.ServerMilliseconds(draft);
        var isConditional = draft.Condition != SetCondition.Always;
        output.Begin(3 + (time is null ? 0 : 2) + (isConditional ? 1 : 0));
        output.Write("SET"u8);
        output.Write(options.Prefix, draft.Key);
        output.Write(new EnvelopeDraft(draft));
        if (time is { } milliseconds)
        {
            output.Write("PX"u8);
            output.Write(milliseconds);
        }

        if (isConditional) output.Write("NX"u8);
    }

    /// <inheritdoc/>
    public override void Note(BulkCommand command, ReadOnlySpan<int> answers)
    {
        if (answers is not [RespReader.Nothing]) return;
        lock (_lock) _found.Add(PlacesOf(command)[0]);
    }

    private List<BulkCommand> ForSlots()
    {
        var commands = new List<BulkCommand>(Count);
        for (var i = 0; i < Count; i++) commands.Add(new BulkCommand(i, 1, SlotOf(i)));
        return commands;
    }
}
