namespace Cistern;

/// <summary>Gives one batch to one backend, but for the records that are not to be given to it. One use.</summary>
internal sealed class BatchWrite(WriteBatch batch, WriteTarget target, TimeProvider clock)
{
    private readonly SetOutcome?[] _outcomes = new SetOutcome?[batch.Count];

    /// <summary>Writes it.</summary>
    /// <returns>One outcome for each record; null: its time was over.</returns>
    public async ValueTask<SetOutcome?[]> RunAsync(CancellationToken cancellationToken)
    {
        if (batch.IsPlain)
        {
            Note(await target.Backend.SetManyAsync(batch.Requests, cancellationToken).ConfigureAwait(false), null);
            return _outcomes;
        }

        List<int> left = [.. Enumerable.Range(0, batch.Count)];
        await LeavePresentAsync(left, cancellationToken).ConfigureAwait(false);
        await SetAsync(left, cancellationToken).ConfigureAwait(false);
        return _outcomes;
    }

    // A version decides alone whether it is stored: whether something is there that has none must be asked beforehand.
    private async ValueTask LeavePresentAsync(List<int> left, CancellationToken cancellationToken)
    {
        if (!left.Exists(batch.IsOnlyWhereAbsent)) return;
        var asked = left.Where(batch.IsOnlyWhereAbsent).Select(index => batch.Requests[index].Key);
        var there = await target.Backend.ExistsManyAsync(asked, cancellationToken).ConfigureAwait(false);
        left.RemoveAll(index =>
        {
            if (!batch.IsOnlyWhereAbsent(index) || !there.Contains(batch.Requests[index].Key)) return false;
            _outcomes[index] = SetOutcome.Present;
            return true;
        });
    }

    private async ValueTask SetAsync(List<int> left, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            left.RemoveAll(index => HasEnded(index, now));
            if (left.Count == 0) return;
            try
            {
                Note(await target.Backend.SetManyAsync(left.Select(index => batch.Requests[index]), cancellationToken).ConfigureAwait(false), left);
                return;
            }
            catch (ArgumentOutOfRangeException) when (left.Exists(index => HasEnded(index, clock.GetUtcNow())))
            {
                // An end came between two looks at a clock, which refuses the batch before anything is stored.
            }
        }
    }

    private bool HasEnded(int index, DateTimeOffset now) => Expiration.HasEnded(batch.Requests[index].Options, now);

    // An answer that makes no sense must be seen before any of it is counted. Null: it is about every record.
    private void Note(IReadOnlyList<SetOutcome> answer, List<int>? asked)
    {
        var count = asked?.Count ?? batch.Count;
        if (answer.Count != count) throw new CacheBackendException($"{target.Name} answered {answer.Count} outcomes for {count} records.");
        for (var i = 0; i < count; i++)
        {
            var outcome = answer[i];
            if (outcome is < SetOutcome.Stored or > SetOutcome.AlreadyCurrent) throw new CacheBackendException($"{target.Name} answered an outcome that there is not.");
            _outcomes[asked is null ? i : asked[i]] = outcome;
        }
    }
}
