using System.Threading.Channels;

namespace Cistern;

/// <summary>
/// The batches that one backend has yet to write, bounded in records and in bytes. A batch counts until it is released, so that one in
/// flight does too. One thread adds, one reads.
/// </summary>
internal sealed class BatchQueue(int maxRecords, long maxBytes)
{
    private readonly Channel<WriteBatch> _batches = Channel.CreateUnbounded<WriteBatch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    // Guards what follows.
    private readonly Lock _lock = new();
    private long _records;
    private long _bytes;
    private TaskCompletionSource? _room;

    /// <summary>The batches in order, until <see cref="Complete"/>.</summary>
    public IAsyncEnumerable<WriteBatch> ReadAllAsync() => _batches.Reader.ReadAllAsync(CancellationToken.None);

    /// <summary>Adds a batch as soon as there is room; an empty queue has room for any.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="hurry">Ends the wait: the batch is added all the same, to be accounted for.</param>
    public async Task AddAsync(WriteBatch batch, CancellationToken hurry)
    {
        while (!hurry.IsCancellationRequested && FindRoom(batch) is { } room)
        {
            // The end of the wait is told by the token, which the loop asks; not on the thread that cancels it.
            await room.WaitAsync(hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        }

        lock (_lock)
        {
            _records += batch.Count;
            _bytes += batch.Bytes;
        }

        _batches.Writer.TryWrite(batch);
    }

    /// <summary>Lets go of a batch that was read.</summary>
    public void Release(WriteBatch batch)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            _records -= batch.Count;
            _bytes -= batch.Bytes;
            (room, _room) = (_room, null);
        }

        room?.SetResult();
    }

    /// <summary>Says that no more comes.</summary>
    public void Complete() => _batches.Writer.Complete();

    // Null: there is room; otherwise what to wait for before asking again.
    private Task? FindRoom(WriteBatch batch)
    {
        lock (_lock)
        {
            if (_records == 0 || (_records + batch.Count <= maxRecords && _bytes + batch.Bytes <= maxBytes)) return null;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }
}
