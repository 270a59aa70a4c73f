using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>
/// The order in which a batch is stored, so that each entry has the outcome it would have if all were set one after another. One statement cannot store a key twice; so the first entry of each
/// key is in the first wave, the second one in the second. Of two plain sets of one key in a row the first leaves no trace, and is not sent.
/// </summary>
internal sealed class BatchPlan
{
    private BatchPlan(SetOutcome[] outcomes, List<BatchStep> steps)
    {
        Outcomes = outcomes;
        Steps = steps;
        Rows = steps.Sum(step => step.Rows.Length);
        SizeBytes = steps.Sum(step => step.Rows.Sum(row => row.SizeBytes));
    }

    /// <summary>One outcome per draft: as it is when everything is stored that is sent.</summary>
    public SetOutcome[] Outcomes { get; }

    /// <summary>What is sent, in order.</summary>
    public IReadOnlyList<BatchStep> Steps { get; }

    public int Rows { get; }

    public long SizeBytes { get; }

    public static BatchPlan Of(IReadOnlyList<EntryDraft> drafts, long maxValueBytes)
    {
        var outcomes = new SetOutcome[drafts.Count];
        var waves = new List<List<int>>();
        var lastOf = new Dictionary<string, (int Wave, int Index)>(drafts.Count);
        for (var place = 0; place < drafts.Count; place++)
        {
            var draft = drafts[place];
            if (draft.Value.Length > maxValueBytes)
            {
                outcomes[place] = SetOutcome.TooLarge;
                continue;
            }

            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(lastOf, draft.Key, out var isRepeated);
            if (isRepeated && draft.Condition == SetCondition.Always && drafts[waves[last.Wave][last.Index]].Condition == SetCondition.Always)
            {
                waves[last.Wave][last.Index] = place;
                continue;
            }

            var wave = isRepeated ? last.Wave + 1 : 0;
            if (wave == waves.Count) waves.Add([]);
            last = (wave, waves[wave].Count);
            waves[wave].Add(place);
        }

        return new BatchPlan(outcomes, [.. waves.SelectMany(wave => StepsOf(drafts, wave))]);
    }

    private static IEnumerable<BatchStep> StepsOf(IReadOnlyList<EntryDraft> drafts, List<int> wave) =>
        from place in wave
        group (Row: EntryRow.Of(drafts[place]), Place: place) by drafts[place].Condition into condition
        let rows = condition.OrderBy(entry => entry.Row.Key.Hash, HashOrder).ToArray()
        select new BatchStep(condition.Key, [.. rows.Select(entry => entry.Row)], [.. rows.Select(entry => entry.Place)]);

    private static Comparer<byte[]> HashOrder { get; } = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));
}
