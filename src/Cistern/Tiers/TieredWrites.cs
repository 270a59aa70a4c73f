using System.Buffers;

namespace Cistern;

/// <summary>
/// The order of a write through both tiers: the far one first, which decides; then the near one, whose copy is renewed or removed; then the others are told. A write whose outcome is unknown
/// leaves no copy of what was there before, here or with the others. Safe for concurrent use.
/// </summary>
internal sealed class TieredWrites(NearTier near, FarTier far, InvalidationSender? sender)
{
    /// <summary>Sets one value.</summary>
    public async ValueTask<TieredSet> SetAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        far.Enter();
        var stripe = near.StripeOf(draft.Key);
        var ticket = near.BeginWrites(stripe);
        SetOutcome outcome;
        try
        {
            outcome = await far.CallAsync(draft, static (far, draft, token) => far.SetAsync(draft.Key, draft.Value, draft.ToSetOptions(), token), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await DropAsync([draft.Key]).ConfigureAwait(false);
            throw;
        }

        var copies = await near.EndWritesAsync(stripe, ticket, [draft], _ => outcome == SetOutcome.Stored).ConfigureAwait(false);
        if (outcome == SetOutcome.Stored) sender?.Send([draft.Key]);
        return new TieredSet(outcome, copies[0]);
    }

    /// <summary>Sets several values.</summary>
    public async ValueTask<IReadOnlyList<SetOutcome>> SetManyAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        if (drafts.Count == 0) return [];
        far.Enter();

        // One ticket for all of a stripe: they are one write.
        var groups = Enumerable.Range(0, drafts.Count).GroupBy(i => near.StripeOf(drafts[i].Key)).Select(group => (Stripe: group.Key, Ticket: near.BeginWrites(group.Key), Drafts: group.ToArray())).ToList();
        IReadOnlyList<SetOutcome> outcomes;
        try
        {
            var requests = drafts.Select(draft => new SetRequest(draft.Key, draft.Value.IsSingleSegment ? draft.Value.First : draft.Value.ToArray(), draft.ToSetOptions()));
            outcomes = await far.CallAsync(requests, static (far, requests, token) => far.SetManyAsync(requests, token), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await DropAsync([.. drafts.Select(draft => draft.Key)]).ConfigureAwait(false);
            throw;
        }

        foreach (var (stripe, ticket, group) in groups)
        {
            await near.EndWritesAsync(stripe, ticket, Array.ConvertAll(group, i => drafts[i]), i => outcomes[group[i]] == SetOutcome.Stored).ConfigureAwait(false);
        }

        sender?.Send(Enumerable.Range(0, drafts.Count).Where(i => outcomes[i] == SetOutcome.Stored).Select(i => drafts[i].Key));
        return outcomes;
    }

    /// <summary>Changes keys in a way after which no copy is worth keeping.</summary>
    public async ValueTask<T> ChangeAsync<TAsked, T>(
        IReadOnlyCollection<string> keys,
        TAsked asked,
        Func<CacheBackend, IReadOnlyCollection<string>, TAsked, CancellationToken, ValueTask<T>> change,
        CancellationToken cancellationToken)
    {
        far.Enter();
        try
        {
            return await far.CallAsync((keys, asked, change), static (far, call, token) => call.change(far, call.keys, call.asked, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Also if it failed: it may have happened.
            await DropAsync(keys).ConfigureAwait(false);
        }
    }

    /// <summary>Removes everything.</summary>
    public async ValueTask<long> ClearAsync(CancellationToken cancellationToken)
    {
        far.Enter();
        try
        {
            return await far.CallAsync(0, static (far, _, token) => far.ClearAsync(token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await near.DropAllAsync().ConfigureAwait(false);
            sender?.SendAll();
        }
    }

    private async ValueTask DropAsync(IReadOnlyCollection<string> keys)
    {
        foreach (var key in keys) await near.DropAsync(key).ConfigureAwait(false);
        sender?.Send(keys);
    }
}
