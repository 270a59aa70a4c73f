namespace Cistern;

/// <summary>
/// The order in which a batch is stored, so that each entry has the outcome it would have if all were set one after another. One statement cannot store a key twice; so the first entry of each
/// key is in the first wave, the second one in the second. Of two plain sets of one key in a row the first leaves no trace, and is not sent.
/// </summary>
internal sealed class BatchPlan
{
    private BatchPlan(SetOutcome[] outcomes, IReadOnlyList<BatchStep> steps, bool hasEachKeyOnce)
    {
        Outcomes = outcomes;
        Steps = steps;
        HasEachKeyOnce = hasEachKeyOnce;
        foreach (var step in steps)
        {
            Rows += step.Rows.Length;
            foreach (var row in step.Rows) SizeBytes += row.Bytes.Length;
        }
    }

    /// <summary>One outcome per draft: as it is when everything is stored that is sent.</summary>
    public SetOutcome[] Outcomes { get; }

    /// <summary>What is sent, in order.</summary>
    public IReadOnlyList<BatchStep> Steps { get; }

    /// <summary>Whether no key is sent twice.</summary>
    public bool HasEachKeyOnce { get; }

    public int Rows { get; }

    /// <summary>How many bytes of rows go over the network.</summary>
    public long SizeBytes { get; }

    public static BatchPlan Of(IReadOnlyList<EntryDraft> drafts, long maxValueBytes)
    {
        var outcomes = new SetOutcome[drafts.Count];
        for (var place = 0; place < outcomes.Length; place++)
        {
            if (drafts[place].Value.Length > maxValueBytes) outcomes[place] = SetOutcome.TooLarge;
        }

        var rows = BatchRows.Of(drafts, outcomes);
        if (rows.Length == 0) return new BatchPlan(outcomes, [], hasEachKeyOnce: true);
        return IsOneStep(rows) ? new BatchPlan(outcomes, [new BatchStep(rows[0].Condition, rows)], hasEachKeyOnce: true) : InWaves(outcomes, rows);
    }

    private static bool IsOneStep(EncodedRow[] rows)
    {
        for (var i = 1; i < rows.Length; i++)
        {
            if (rows[i].Condition != rows[0].Condition || rows[i].HasKeyOf(rows[i - 1])) return false;
        }

        return true;
    }

    private static BatchPlan InWaves(SetOutcome[] outcomes, EncodedRow[] rows)
    {
        var waves = new List<SortedDictionary<SetCondition, List<EncodedRow>>>();
        var wave = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (i > 0 && !rows[i].HasKeyOf(rows[i - 1])) wave = 0;
            var isOvertaken = i + 1 < rows.Length && rows[i].Condition == SetCondition.Always && rows[i + 1].Condition == SetCondition.Always && rows[i].HasKeyOf(rows[i + 1]);
            if (isOvertaken) continue;
            if (wave == waves.Count) waves.Add([]);
            if (!waves[wave].TryGetValue(rows[i].Condition, out var step)) waves[wave][rows[i].Condition] = step = [];
            step.Add(rows[i]);
            wave++;
        }

        return new BatchPlan(outcomes, [.. waves.SelectMany(steps => steps.Select(step => new BatchStep(step.Key, [.. step.Value])))], waves.Count == 1);
    }
}
