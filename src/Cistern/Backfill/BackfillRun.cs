namespace Cistern;

/// <summary>
/// Runs backfills for a cache, one at a time: within their time, counted at the gate, noted in the audit. When one is due is the gate's
/// to decide; what it loads is the loader's.
/// </summary>
internal sealed class BackfillRun(BatchLoader loader, BackfillGate gate, RememberedKeys absent, AuditLog audit, BackfillOptions options, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _disposing = new();

    /// <summary>Runs the backfill that a miss made due. Never throws: what failed is in the result and in the audit.</summary>
    public async Task<LoadedBatch> RunAsync(RecordedMiss miss)
    {
        var batch = await LoadWithinTimeoutAsync().ConfigureAwait(false);
        if (batch.SourceIsEmpty)
        {
            gate.CountSkipped();
            Note(AuditAction.SkippedEmptySource, miss.Lookups, miss.Rate, batch);
            return batch;
        }

        gate.CountBackfill(batch.Loaded);
        foreach (var entry in batch.Entries) absent.Remove(entry.Key);
        Note(batch.Error is null ? AuditAction.Backfill : AuditAction.BackfillFailed, miss.Lookups, miss.Rate, batch);
        return batch;
    }

    /// <summary>Waits for the backfill that runs, then loads everything. What failed is in the result and in the audit.</summary>
    public async Task<LoadedBatch> RunForcedAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        await gate.EnterForcedAsync(ending.Token).ConfigureAwait(false);
        LoadedBatch batch;
        try { batch = await loader.LoadAsync(BatchLoader.Everything, ending.Token).ConfigureAwait(false); }
        finally { gate.Leave(); }
        gate.CountBackfill(batch.Loaded);
        Note(batch.Error is null ? AuditAction.ForceBackfill : AuditAction.BackfillFailed, gate.Lookups, rate: null, batch);
        return batch;
    }

    /// <summary>
    /// Notes that a backfill was due and the limit used up. That matters only where there is something to load: an empty source is said to
    /// be empty instead.
    /// </summary>
    public async ValueTask RefuseAsync(RecordedMiss miss, CancellationToken cancellationToken)
    {
        var isEmpty = false;
        try { isEmpty = await loader.IsSourceEmptyAsync(_disposing.Token).WaitAsync(options.SourceTimeout ?? Timeout.InfiniteTimeSpan, clock, cancellationToken).ConfigureAwait(false); }
        catch (Exception) when (!cancellationToken.IsCancellationRequested) { /* The read of the key itself will tell. */ }
        if (isEmpty) gate.CountSkipped();
        else gate.RequireManualIntervention();
        Note(isEmpty ? AuditAction.SkippedEmptySource : AuditAction.ManualInterventionRequired, miss.Lookups, miss.Rate, LoadedBatch.Nothing);
    }

    public void Resume()
    {
        gate.Resume();
        Note(AuditAction.Resumed, gate.Lookups, rate: null, LoadedBatch.Nothing);
    }

    public void Dispose() => _disposing.Cancel();

    // The wait also ends for a source that ignores its token. It may still answer after that, so the gate stays closed until it has.
    private async Task<LoadedBatch> LoadWithinTimeoutAsync()
    {
        var ending = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token);
        var token = ending.Token;
        var load = loader.LoadAsync(options.BackfillBatch, token);
        _ = LeaveAfterAsync(load);
        try
        {
            return load.IsCompleted
                ? await load.ConfigureAwait(false)
                : await load.WaitAsync(options.SourceTimeout ?? Timeout.InfiniteTimeSpan, clock, token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await ending.CancelAsync().ConfigureAwait(false);
            return LoadedBatch.Nothing with { Error = new CacheSourceException($"No answer within {options.SourceTimeout}.") };
        }
        catch (OperationCanceledException error)
        {
            return LoadedBatch.Nothing with { Error = error };
        }
        finally
        {
            _ = DisposeAfterAsync(load, ending);
        }
    }

    private async Task LeaveAfterAsync(Task<LoadedBatch> load)
    {
        // Before the next miss is let in.
        if ((await load.ConfigureAwait(false)).SourceIsEmpty) gate.Refund();
        gate.Leave();
    }

    private static async Task DisposeAfterAsync(Task<LoadedBatch> load, CancellationTokenSource ending)
    {
        await ((Task)load).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
    }

    private void Note(AuditAction action, long lookups, double? rate, LoadedBatch batch) => audit.Record(new AuditEntry
    {
        Action = action,
        At = clock.GetUtcNow(),
        Lookups = lookups,
        MissRate = rate,
        Loaded = batch.Loaded,
        Error = batch.Error?.Message,
    });
}
