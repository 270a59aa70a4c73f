namespace Cistern;

/// <summary>Carries changes out, each only if what is there is what was read.</summary>
/// <param name="changes">The changes, and what was read before each.</param>
/// <param name="now">Now, in milliseconds since 1970.</param>
/// <param name="command">How entries are written.</param>
/// <typeparam name="TOutcome">What callers are told.</typeparam>
internal sealed class ChangeExchange<TOutcome>(IReadOnlyList<(KeyTarget Target, ChangeStep<TOutcome> Step, ulong Cas)> changes, long now, StoreCommand command) : Exchange
{
    private const int LineBytes = 64;

    private readonly bool[] _isLate = new bool[changes.Count];

    /// <summary>Whether somebody else was faster, so that a change was not made.</summary>
    public bool IsLate(int index) => _isLate[index];

    /// <inheritdoc/>
    protected override int Write(SendBuffer buffer, ulong first)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var (target, step, cas) = changes[i];
            var opaque = first + (ulong)i;
            if (step.Kind == ChangeKind.Remove)
            {
                // Until the server says that it is gone.
                _isLate[i] = true;
                WriteRemoval(buffer, target.Name, cas, opaque);
                continue;
            }

            var mode = cas == 0 ? StoreMode.Absent : StoreMode.Unchanged;
            if (!command.TryWrite(buffer, step.Draft, step.Draft.ExpiresAtMilliseconds - now, step.IsTombstone, mode, cas, opaque)) throw new MemcachedFaultException("the server takes no item as large as this one's key alone makes it");
        }

        return changes.Count;
    }

    /// <inheritdoc/>
    protected override void Accept(int index, in Reply reply) => _isLate[index] = reply.Kind switch
    {
        ReplyKind.Done => false,
        ReplyKind.NotStored or ReplyKind.Changed or ReplyKind.NotFound => true,
        _ => throw new MemcachedFaultException("it answered a change with something else"),
    };

    // Not quiet: servers differ in whether a quiet delete tells that there was nothing to delete.
    private static void WriteRemoval(SendBuffer buffer, ReadOnlySpan<byte> name, ulong cas, ulong opaque)
    {
        var text = buffer.Reserve(name.Length + LineBytes);
        "md "u8.CopyTo(text);
        name.CopyTo(text[3..]);
        var at = 3 + name.Length;
        StoreCommand.Flag(" C"u8, cas, text, ref at);
        StoreCommand.Flag(" O"u8, opaque, text, ref at);
        "\r\n"u8.CopyTo(text[at..]);
        buffer.Advance(at + 2);
    }
}
