namespace Cistern;

/// <summary>
/// Reads the records of one write on a task of its own. Whoever gives them may wait for as long as it likes, deaf to every token: a write
/// that ends early leaves it behind in the step it is in, and the enumerator is disposed when that step returns, never while it runs.
/// </summary>
/// <remarks>
/// Whether the step is the source's or ours is one field. While it is the source's, the write may take the pump's leave, and with it the
/// intake: the one that exchanges the field first has it.
/// </remarks>
/// <param name="intake">Takes the records; the pump's until <see cref="RunAsync"/> has returned.</param>
/// <param name="handOn">Takes the batches; ends its wait with <paramref name="stop"/>.</param>
/// <param name="stop">Tells when to end.</param>
internal sealed class RecordPump(RecordIntake intake, Func<WriteBatch, ValueTask> handOn, WriteStop stop)
{
    private const int Ours = 0;
    private const int TheSources = 1;
    private const int LeftBehind = 2;

    // Most sources end at once when they are asked to, and then what they hold is disposed before the write returns.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private int _step;

    /// <summary>Whether the records were read to their end.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Why they could not be; null: nothing was wrong.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Reads until the records or the write end. Never throws.</summary>
    public async Task RunAsync(IAsyncEnumerable<WriteRecord> records)
    {
        var reading = Task.Run(() => ReadAsync(records), CancellationToken.None);

        // Elsewhere than where the write was cancelled, which is the caller's thread.
        await reading.WaitAsync(stop.Reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        if (!reading.IsCompleted) await WaitAsync(reading, Grace).ConfigureAwait(false);

        // Our own step is over in no time, as the write is ending; then the source's next one may have begun.
        while (!reading.IsCompleted && Interlocked.CompareExchange(ref _step, LeftBehind, TheSources) != TheSources) await WaitAsync(reading, Pause).ConfigureAwait(false);
    }

    private static async Task WaitAsync(Task reading, TimeSpan time) =>
        await reading.WaitAsync(time, TimeProvider.System, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ReadAsync(IAsyncEnumerable<WriteRecord> records)
    {
        try
        {
            var isRead = await PassAsync(records).ConfigureAwait(false);
            if (TryTakeOver()) IsRead = isRead;
        }
        catch (OperationCanceledException) when (stop.Reading.IsCancellationRequested)
        {
            // Whoever cancelled or stopped knows; the report says which.
        }
        catch (Exception error)
        {
            if (TryTakeOver()) Error = error;
        }
    }

    // True: to the end.
    private async Task<bool> PassAsync(IAsyncEnumerable<WriteRecord> records)
    {
        Volatile.Write(ref _step, TheSources);
        var source = records.GetAsyncEnumerator(stop.Source);
        await using (source.ConfigureAwait(false))
        {
            while (await source.MoveNextAsync().ConfigureAwait(false))
            {
                var record = source.Current;
                if (!TryTakeOver()) return false;
                try { if (intake.Add(record) is { } batch) await handOn(batch).ConfigureAwait(false); }
                finally { Volatile.Write(ref _step, TheSources); }
                if (stop.Reading.IsCancellationRequested) return false;
            }

            return !stop.Reading.IsCancellationRequested;
        }
    }

    // False: left behind.
    private bool TryTakeOver() => Interlocked.CompareExchange(ref _step, Ours, TheSources) != LeftBehind;
}
