namespace Cistern;

/// <summary>The commands that write some entries, and how each is sent and its answer taken. Its members may be called from several threads, for different commands.</summary>
internal sealed class BulkPlan
{
    // So many keys and bytes by one script, or one key: it holds the server up for as long as all of them take.
    private const int MostScriptKeys = 32;
    private const long MostScriptBytes = 64 * 1024;

    private const int ArgumentsOfAll = 3;

    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly IReadOnlyList<EntryDraft> _drafts;
    private readonly SetOutcome[] _outcomes;
    private readonly RedisBackendOptions _options;
    private readonly bool _isScript;
    private readonly int[] _order;

    /// <summary>Makes a plan.</summary>
    /// <param name="drafts">The entries.</param>
    /// <param name="fitting">Which of them to write.</param>
    /// <param name="outcomes">Where each one's outcome goes.</param>
    /// <param name="slotOf">The slot of a key; null: there is one server.</param>
    /// <param name="options">The prefix, and how much longer the server keeps a key.</param>
    public BulkPlan(IReadOnlyList<EntryDraft> drafts, List<int> fitting, SetOutcome[] outcomes, Func<string, int>? slotOf, RedisBackendOptions options)
    {
        (_drafts, _outcomes, _options) = (drafts, outcomes, options);
        IsCluster = slotOf is not null;
        _isScript = fitting.Exists(i => drafts[i].Condition != SetCondition.Always);
        _order = _isScript ? RepeatedKeys.SideBySide(drafts, fitting, slotOf) : RepeatedKeys.LastOfEach(drafts, fitting);
        Waves = _isScript ? Group(slotOf) : [Single(slotOf)];
    }

    /// <summary>The commands. Those of a wave may be sent in any order, and only when all of the wave before are done: of a key that is written more than once, the first may be sent elsewhere or come back.</summary>
    public IReadOnlyList<IReadOnlyList<BulkCommand>> Waves { get; }

    /// <summary>Whether the commands are for a cluster's slots.</summary>
    public bool IsCluster { get; }

    /// <summary>Whether the commands need the script for conditional sets.</summary>
    public bool IsScript => _isScript;

    /// <summary>Whether a command may be sent again when it is not known if it was done. If absent may not: it would find what it had stored itself.</summary>
    public bool MaySendAgain(BulkCommand command)
    {
        foreach (var i in PlacesOf(command))
        {
            if (_drafts[i].Condition == SetCondition.IfAbsent) return false;
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
    public EntryDraft[] DraftsOf(BulkCommand command) => Array.ConvertAll(PlacesOf(command).ToArray(), i => _drafts[i]);

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

    /// <summary>How many numbers a command's answer has; 0: it is a word.</summary>
    public int AnswersOf(BulkCommand command) => _isScript ? command.Count : 0;

    /// <summary>The key of a command's first entry, for errors.</summary>
    public string KeyOf(BulkCommand command) => _drafts[_order[command.First]].Key;

    /// <summary>Writes a command.</summary>
    public void Write(BulkCommand command, RespBuffer output)
    {
        if (_isScript) WriteScript(command, output);
        else WriteSet(_drafts[_order[command.First]], output);
    }

    /// <summary>Takes a command's answer.</summary>
    public void Note(BulkCommand command, ReadOnlySpan<int> answers)
    {
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is < (int)SetOutcome.Stored or > (int)SetOutcome.AlreadyCurrent) throw new IOException("the server answered an outcome that there is not");
            _outcomes[_order[command.First + i]] = (SetOutcome)answers[i];
        }
    }

    private void WriteSet(in EntryDraft draft, RespBuffer output)
    {
        var time = _options.ServerMilliseconds(draft);
        output.Begin(time is null ? 3 : 5);
        output.Write("SET"u8);
        output.Write(_options.Prefix, draft.Key);
        output.Write(new EnvelopeDraft(draft));
        if (time is not { } milliseconds) return;
        output.Write("PX"u8);
        output.Write(milliseconds);
    }

    private void WriteScript(BulkCommand command, RespBuffer output)
    {
        output.Begin(3 + command.Count + ArgumentsOfAll + command.Count);
        output.Write("EVALSHA"u8);
        output.Write(RedisScript.Set.HashText);
        output.Write(command.Count);
        var places = PlacesOf(command);
        foreach (var i in places) output.Write(_options.Prefix, _drafts[i].Key);
        output.Write(EnvelopeHead.ForScripts(_drafts[places[0]].CreatedAtMilliseconds));
        output.Write(_options.GraceMilliseconds);
        Span<byte> conditions = stackalloc byte[MostScriptKeys];
        for (var i = 0; i < places.Length; i++) conditions[i] = RedisScript.LetterOf(_drafts[places[i]].Condition);
        output.Write(conditions[..places.Length]);
        foreach (var i in places) output.Write(new EnvelopeDraft(_drafts[i]));
    }

    private IReadOnlyList<BulkCommand> Single(Func<string, int>? slotOf)
    {
        if (slotOf is null) return new SingleCommands(_order.Length);
        var commands = new List<BulkCommand>(_order.Length);
        for (var i = 0; i < _order.Length; i++) commands.Add(new BulkCommand(i, 1, SlotOf(i, slotOf)));
        return commands;
    }

    private List<List<BulkCommand>> Group(Func<string, int>? slotOf)
    {
        var waves = new List<List<BulkCommand>>();
        var wave = 0;
        for (var first = 0; first < _order.Length;)
        {
            var command = new BulkCommand(first, CountFrom(first, slotOf), SlotOf(first, slotOf));
            wave = IsRepeated(first) ? wave + 1 : 0;
            if (wave == waves.Count) waves.Add([]);
            waves[wave].Add(command);
            first += command.Count;
        }

        return waves;
    }

    // How many entries one command takes. One key's stay together where they can: a command is one step.
    private int CountFrom(int first, Func<string, int>? slotOf)
    {
        var slot = SlotOf(first, slotOf);
        var count = 1;
        var bytes = BytesOf(first);
        while (count < MostScriptKeys && first + count < _order.Length && SlotOf(first + count, slotOf) == slot && (bytes += BytesOf(first + count)) <= MostScriptBytes) count++;
        var whole = count;
        while (whole > 0 && first + whole < _order.Length && IsRepeated(first + whole)) whole--;
        return whole > 0 ? whole : count;
    }

    // Whether the entry before has the same key.
    private bool IsRepeated(int place) => place > 0 && _drafts[_order[place]].Key == _drafts[_order[place - 1]].Key;

    private ReadOnlySpan<int> PlacesOf(BulkCommand command) => _order.AsSpan(command.First, command.Count);

    // About: metadata is text that is made only when it is sent.
    private long BytesOf(int place)
    {
        var draft = _drafts[_order[place]];
        var bytes = draft.Key.Length + draft.Value.Length;
        foreach (var (name, text) in draft.Metadata ?? NoMetadata) bytes += name.Length + text.Length;
        return bytes;
    }

    private int SlotOf(int place, Func<string, int>? slotOf) => slotOf is null ? 0 : slotOf(_drafts[_order[place]].Key);
}
