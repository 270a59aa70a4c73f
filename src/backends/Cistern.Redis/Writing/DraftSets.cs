using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// Writes entries: those without a condition at once, the others by a script that looks at what is there, or, many of them, first where nothing is. Batches go over connections of their own, and by the multiplexer where those are not let in.
/// </summary>
internal sealed class DraftSets(RedisConnection connection, RedisKeys keys, BulkWriter? bulk, RedisBackendOptions options)
{
    private const int InFlight = 512;
    private const long InFlightBytes = 8 * 1024 * 1024;

    // A batch with conditions is tried without the script from this size on, where another wait for the server is little, and by so many keys first; not where what was sent in vain would cost more than the script.
    private const int LeastToProbe = 512;
    private const int MostMeanBytesToProbe = 4 * 1024;
    private const int Sample = 128;

    /// <summary>Writes one.</summary>
    public async ValueTask<SetOutcome> SetAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Value.Length > options.MaxValueBytes) return SetOutcome.TooLarge;
        if (draft.Condition != SetCondition.Always) return (await RunAsync([draft], cancellationToken).ConfigureAwait(false))[0];
        await SetPlainAsync(draft, cancellationToken).ConfigureAwait(false);
        return SetOutcome.Stored;
    }

    /// <summary>Writes several, as if one after another.</summary>
    public async ValueTask<SetOutcome[]> SetManyAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        var outcomes = new SetOutcome[drafts.Count];
        var places = new List<int>(drafts.Count);
        var (isConditional, hasEnds, bytes) = (false, false, 0L);
        for (var i = 0; i < outcomes.Length; i++)
        {
            var draft = drafts[i];
            if (draft.Value.Length > options.MaxValueBytes)
            {
                outcomes[i] = SetOutcome.TooLarge;
                continue;
            }

            places.Add(i);
            bytes += draft.Value.Length;
            isConditional |= draft.Condition != SetCondition.Always;
            hasEnds |= draft.ExpiresAtMilliseconds is not null;
        }

        if (places.Count == 0) return outcomes;
        var failures = new BulkFailures();
        Func<string, int>? slotOf = connection.IsCluster ? keys.SlotOf : null;
        if (!isConditional)
        {
            await SendAsync(new PlainPlan(drafts, RepeatedKeys.LastOfEach(drafts, places), !hasEnds, slotOf, options), failures, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            if (places.Count >= LeastToProbe && bytes / places.Count <= MostMeanBytesToProbe && !RepeatedKeys.HasAny(drafts, places)) places = await SetNewAsync(drafts, places, slotOf, failures, cancellationToken).ConfigureAwait(false);
            if (places.Count > 0) await SendAsync(new ScriptPlan(drafts, places, outcomes, slotOf, options), failures, cancellationToken).ConfigureAwait(false);
        }

        failures.Throw(options.Name);
        return outcomes;
    }

    // Writes those whose keys hold nothing, for which no script is needed, unless a sample says that there are few; returns the others.
    private async Task<List<int>> SetNewAsync(IReadOnlyList<EntryDraft> drafts, List<int> places, Func<string, int>? slotOf, BulkFailures failures, CancellationToken cancellationToken)
    {
        // From all over the batch: the first of it may be the newest.
        var step = places.Count / Sample;
        var found = await TryAsync([.. places.Where((_, i) => i % step == 0)]).ConfigureAwait(false);
        int[] others = [.. places.Where((_, i) => i % step != 0)];
        found.AddRange(found.Count > Sample / 2 ? others : await TryAsync(others).ConfigureAwait(false));
        return found;

        async Task<List<int>> TryAsync(int[] some)
        {
            var plan = new PlainPlan(drafts, some, isTogether: false, slotOf, options);
            await SendAsync(plan, failures, cancellationToken).ConfigureAwait(false);
            return plan.Found;
        }
    }

    private async Task SendAsync(BulkPlan plan, BulkFailures failures, CancellationToken cancellationToken)
    {
        var waves = bulk is { IsUsable: true } ? await bulk.SendAsync(plan, failures, cancellationToken).ConfigureAwait(false) : plan.Waves;
        foreach (var wave in waves.Select(plan.OneByOne))
        {
            for (var first = 0; first < wave.Count;)
            {
                var window = WindowFrom(plan, wave, first);
                await Task.WhenAll(window.Select(command => SendAsync(plan, command, failures, cancellationToken))).ConfigureAwait(false);
                first += window.Count;
            }
        }
    }

    // The multiplexer holds all of it at once.
    private static List<BulkCommand> WindowFrom(BulkPlan plan, IReadOnlyList<BulkCommand> wave, int first)
    {
        var window = new List<BulkCommand>();
        var bytes = 0L;
        while (window.Count < InFlight && first + window.Count < wave.Count && bytes < InFlightBytes)
        {
            var command = wave[first + window.Count];
            bytes += plan.BytesOf(command);
            window.Add(command);
        }

        return window;
    }

    private async Task SendAsync(BulkPlan plan, BulkCommand command, BulkFailures failures, CancellationToken cancellationToken)
    {
        try
        {
            var drafts = plan.DraftsOf(command);
            if (plan.IsScript) plan.Note(command, Array.ConvertAll(await RunAsync(drafts, cancellationToken).ConfigureAwait(false), outcome => (int)outcome));
            else plan.Note(command, [await SetPlainAsync(drafts[0], cancellationToken).ConfigureAwait(false) ? RespReader.Word : RespReader.Nothing]);
        }
        catch (RedisServerException fault)
        {
            failures.Note(plan, command, fault.Message);
        }
    }

    private Task<bool> SetPlainAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        var time = options.ServerMilliseconds(draft) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null;
        return connection.CallAsync(database => database.StringSetAsync(keys.ToServer(draft.Key), new EnvelopeDraft(draft).ToArray(), time, draft.Condition == SetCondition.Always ? When.Always : When.NotExists), cancellationToken);
    }

    private async Task<SetOutcome[]> RunAsync(EntryDraft[] drafts, CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            EnvelopeHead.ForScripts(drafts[0].CreatedAtMilliseconds),
            options.GraceMilliseconds,
            Array.ConvertAll(drafts, draft => RedisScript.LetterOf(draft.Condition)),
            .. drafts.Select(draft => (RedisValue)new EnvelopeDraft(draft).ToArray()),
        ];
        var answers = (int[])(await connection.RunAsync(RedisScript.Set, [.. drafts.Select(draft => keys.ToServer(draft.Key))], arguments, cancellationToken).ConfigureAwait(false))!;
        return answers.Length == drafts.Length ? Array.ConvertAll(answers, answer => (SetOutcome)answer) : throw new CacheBackendException($"{answers.Length} outcomes for {drafts.Length} entries.");
    }
}
