namespace Cistern;

/// <summary>Writes the batches of one backend, one after another: the order of the records is the order of the writes. One run.</summary>
internal sealed class BackendDrain(WriteTarget target, CacheWriterOptions options, TimeProvider clock)
{
    public BatchQueue Queue { get; } = new(options.MaxQueuedRecords, options.MaxQueuedBytes);

    public BackendTally Tally { get; } = new(target.Name, options.MaxListedRecords);

    /// <summary>Writes until the queue is complete. Never throws.</summary>
    /// <param name="stop">Tells when to begin nothing more, and is told of failures.</param>
    /// <param name="onBatch">Called after every batch.</param>
    /// <param name="cancellationToken">Cancels what is in flight, and what is left.</param>
    public async Task RunAsync(WriteStop stop, Action onBatch, CancellationToken cancellationToken)
    {
        await foreach (var batch in Queue.ReadAllAsync().ConfigureAwait(false))
        {
            if (stop.IsStopped || cancellationToken.IsCancellationRequested) Tally.CountUnwritten(batch);
            else await WriteAsync(batch, stop, cancellationToken).ConfigureAwait(false);
            Queue.Release(batch);
            onBatch();
        }
    }

    // Whatever is thrown, which of the batch was stored is unknown (docs/decisions/0016): all of it failed.
    private async ValueTask WriteAsync(WriteBatch batch, WriteStop stop, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        try
        {
            Tally.CountOutcomes(batch, await new BatchWrite(batch, target, clock).RunAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            Tally.WasCancelled |= cancellationToken.IsCancellationRequested && error is OperationCanceledException;
            Tally.CountFailed(batch, error);
            stop.TellFailure();
        }

        Tally.Elapsed += clock.GetElapsedTime(began);
    }
}
