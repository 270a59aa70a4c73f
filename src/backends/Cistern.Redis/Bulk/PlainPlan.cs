namespace Cistern;

/// <summary>
/// Writes entries without the script: those without a condition whatever is there, the others if nothing is, which costs the server no more. What is there may be dead, and how it
/// compares only a script can tell: <see cref="Found"/>. What has neither condition nor end goes with its neighbours, which costs the server a fifth less than each by itself.
/// </summary>
internal sealed class PlainPlan : BulkPlan
{
    // So many keys and bytes at once, or one key: the server does nothing else meanwhile, and a slow network is to be seen to move.
    private const int MostKeys = 32;
    private const long MostBytes = 16 * 1024;

    private readonly RedisBackendOptions _options;
    private readonly Lock _lock = new();

    /// <summary>Makes a plan.</summary>
    /// <param name="drafts">The entries.</param>
    /// <param name="order">Which of them to write; no key is repeated.</param>
    /// <param name="isTogether">Whether some may go with one command: none has a condition or an end.</param>
    /// <param name="slotOf">The slot of a key; null: there is one server.</param>
    /// <param name="options">The prefix, and how much longer the server keeps a key.</param>
    public PlainPlan(IReadOnlyList<EntryDraft> drafts, int[] order, bool isTogether, Func<string, int>? slotOf, RedisBackendOptions options) : base(drafts, order, slotOf)
    {
        _options = options;
        Waves = [IsCluster ? ForSlots() : isTogether ? Together() : new SingleCommands(Count)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<BulkCommand>> Waves { get; }

    /// <inheritdoc/>
    public override bool IsScript => false;

    /// <summary>The entries with a condition whose keys hold something, as places in the batch. They were not written. To be read when the commands are done.</summary>
    public List<int> Found { get; } = [];

    /// <inheritdoc/>
    public override int AnswersOf(BulkCommand command) => DraftAt(command.First).Condition == SetCondition.Always ? 0 : 1;

    /// <inheritdoc/>
    public override IReadOnlyList<BulkCommand> OneByOne(IReadOnlyList<BulkCommand> commands) => commands is SingleCommands ? commands : [.. commands.SelectMany(Split)];

    /// <inheritdoc/>
    public override void Write(BulkCommand command, RespBuffer output)
    {
        if (command.Count > 1) WriteTogether(command, output);
        else WriteOne(DraftAt(command.First), output);
    }

    /// <inheritdoc/>
    public override void Note(BulkCommand command, ReadOnlySpan<int> answers)
    {
        if (answers is [] or [RespReader.Word]) return;
        if (answers is not [RespReader.Nothing]) throw new IOException("the server answered a set with a number");
        lock (_lock) Found.Add(PlacesOf(command)[0]);
    }

    private void WriteOne(in EntryDraft draft, RespBuffer output)
    {
        var time = _options.ServerMilliseconds(draft);
        var isConditional = draft.Condition != SetCondition.Always;
        output.Begin(3 + (time is null ? 0 : 2) + (isConditional ? 1 : 0));
        output.Write("SET"u8);
        WriteEntry(draft, output);
        if (time is { } milliseconds)
        {
            output.Write("PX"u8);
            output.Write(milliseconds);
        }

        if (isConditional) output.Write("NX"u8);
    }

    private void WriteTogether(BulkCommand command, RespBuffer output)
    {
        output.Begin(1 + 2 * command.Count);
        output.Write("MSET"u8);
        for (var i = 0; i < command.Count; i++) WriteEntry(DraftAt(command.First + i), output);
    }

    private void WriteEntry(in EntryDraft draft, RespBuffer output)
    {
        output.Write(_options.Prefix, draft.Key);
        output.Write(new EnvelopeDraft(draft));
    }

    private List<BulkCommand> ForSlots()
    {
        var commands = new List<BulkCommand>(Count);
        for (var i = 0; i < Count; i++) commands.Add(new BulkCommand(i, 1, SlotOf(i)));
        return commands;
    }

    private List<BulkCommand> Together()
    {
        var commands = new List<BulkCommand>(Count / MostKeys + 1);
        for (var first = 0; first < Count;)
        {
            var count = CountWithin(first, MostKeys, MostBytes);
            commands.Add(new BulkCommand(first, count, 0));
            first += count;
        }

        return commands;
    }
}
