namespace Cistern;

/// <summary>Writes entries by the script that looks at what is there: some keys of one slot with each command.</summary>
internal sealed class ScriptPlan : BulkPlan
{
    // So many keys and bytes by one script, or one key: it holds the server up for as long as all of them take.
    private const int MostKeys = 32;
    private const long MostBytes = 64 * 1024;

    private const int ArgumentsOfAll = 3;

    private readonly IReadOnlyList<EntryDraft> _drafts;
    private readonly SetOutcome[] _outcomes;
    private readonly RedisBackendOptions _options;

    /// <summary>Makes a plan.</summary>
    /// <param name="drafts">The entries.</param>
    /// <param name="places">Which of them to write; keys may repeat.</param>
    /// <param name="outcomes">Where each one's outcome goes.</param>
    /// <param name="slotOf">The slot of a key; null: there is one server.</param>
    /// <param name="options">The prefix, and how much longer the server keeps a key.</param>
    public ScriptPlan(IReadOnlyList<EntryDraft> drafts, List<int> places, SetOutcome[] outcomes, Func<string, int>? slotOf, RedisBackendOptions options)
        : base(drafts, RepeatedKeys.SideBySide(drafts, places, slotOf), slotOf)
    {
        (_drafts, _outcomes, _options) = (drafts, outcomes, options);
        Waves = Group();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<BulkCommand>> Waves { get; }

    /// <inheritdoc/>
    public override bool IsScript => true;

    /// <inheritdoc/>
    public override int AnswersOf(BulkCommand command) => command.Count;

    /// <inheritdoc/>
    public override void Write(BulkCommand command, RespBuffer output)
    {
        output.Begin(3 + command.Count + ArgumentsOfAll + command.Count);
        output.Write("EVALSHA"u8);
        output.Write(RedisScript.Set.HashText);
        output.Write(command.Count);
        var places = PlacesOf(command);
        foreach (var i in places) output.Write(_options.Prefix, _drafts[i].Key);
        output.Write(EnvelopeHead.ForScripts(_drafts[places[0]].CreatedAtMilliseconds));
        output.Write(_options.GraceMilliseconds);
        Span<byte> conditions = stackalloc byte[MostKeys];
        for (var i = 0; i < places.Length; i++) conditions[i] = RedisScript.LetterOf(_drafts[places[i]].Condition);
        output.Write(conditions[..places.Length]);
        foreach (var i in places) output.Write(new EnvelopeDraft(_drafts[i]));
    }

    /// <inheritdoc/>
    public override void Note(BulkCommand command, ReadOnlySpan<int> answers)
    {
        var places = PlacesOf(command);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is < (int)SetOutcome.Stored or > (int)SetOutcome.AlreadyCurrent) throw new IOException("the server answered an outcome that there is not");
            _outcomes[places[i]] = (SetOutcome)answers[i];
        }
    }

    private List<List<BulkCommand>> Group()
    {
        var waves = new List<List<BulkCommand>>();
        var wave = 0;
        for (var first = 0; first < Count;)
        {
            var command = new BulkCommand(first, CountFrom(first), SlotOf(first));
            wave = IsRepeated(first) ? wave + 1 : 0;
            if (wave == waves.Count) waves.Add([]);
            waves[wave].Add(command);
            first += command.Count;
        }

        return waves;
    }

    // How many entries one command takes. One key's stay together where they can: a command is one step.
    private int CountFrom(int first)
    {
        var count = CountWithin(first, MostKeys, MostBytes);
        var whole = count;
        while (whole > 0 && first + whole < Count && IsRepeated(first + whole)) whole--;
        return whole > 0 ? whole : count;
    }
}
