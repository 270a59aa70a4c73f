namespace Cistern;

/// <summary>Stores entries whatever is there, as many as fit into one piece of a batch. Nothing is kept per entry: silence means stored.</summary>
/// <param name="drafts">The batch; borrowed until the exchange is posted.</param>
/// <param name="order">The indices of those that go to this server; null: all of them.</param>
/// <param name="from">The first one of these.</param>
/// <param name="to">The one after the last.</param>
/// <param name="command">How they are written.</param>
/// <param name="outcomes">Receives <see cref="SetOutcome.TooLarge"/> for those that the server cannot hold.</param>
internal sealed class BulkStoreExchange(IReadOnlyList<EntryDraft> drafts, int[]? order, int from, int to, StoreCommand command, SetOutcome[] outcomes) : Exchange
{
    private const int PieceBytes = 64 * 1024;

    // The first is small, so that the server begins soon.
    private const int FirstPieceBytes = 8 * 1024;

    private readonly int _most = from == 0 ? FirstPieceBytes : PieceBytes;

    /// <summary>The first one that was left for the next piece; known once it is posted.</summary>
    public int Next { get; private set; } = from;

    /// <inheritdoc/>
    protected override int Write(SendBuffer buffer, ulong first)
    {
        var end = buffer.Length + _most;
        var written = 0;
        for (; Next < to && buffer.Length < end; Next++)
        {
            var index = order is null ? Next : order[Next];
            var draft = drafts[index];
            if (outcomes[index] == SetOutcome.TooLarge) continue;
            if (command.TryWrite(buffer, draft, draft.ExpiresAtMilliseconds - draft.CreatedAtMilliseconds, isTombstone: false, StoreMode.Always, cas: 0, opaque: null)) written++;
            else outcomes[index] = SetOutcome.TooLarge;
        }

        return written;
    }

    /// <inheritdoc/>
    protected override void Accept(int index, in Reply reply)
    {
        if (reply.Kind != ReplyKind.Done) throw new MemcachedFaultException("it answered a set without a condition with a refusal");
    }
}
