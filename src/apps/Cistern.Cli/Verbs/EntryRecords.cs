using System.Runtime.CompilerServices;

namespace Cistern.Cli;

/// <summary>The entries of a backend as records to be written, each read when its turn comes. One use.</summary>
/// <param name="from">The backend.</param>
/// <param name="pattern">Which keys.</param>
/// <param name="presence">What happens where an entry is already.</param>
internal sealed class EntryRecords(CacheBackend from, string pattern, CopyPresence presence)
{
    private long _vanished;

    /// <summary>How many entries were gone, deleted or over, between the listing of their keys and their turn.</summary>
    public long Vanished => Volatile.Read(ref _vanished);

    /// <summary>Reads them.</summary>
    public async IAsyncEnumerable<WriteRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var key in from.KeysAsync(pattern, cancellationToken).ConfigureAwait(false))
        {
            if (await from.GetEntryAsync(key, cancellationToken).ConfigureAwait(false) is { } entry) yield return RecordOf(entry);
            else Volatile.Write(ref _vanished, _vanished + 1);
        }
    }

    private WriteRecord RecordOf(CacheEntry entry) => new(entry.Key, entry.Value)
    {
        ExpiresAt = entry.ExpiresAt,
        AbsoluteExpiration = entry.AbsoluteExpiration,
        Metadata = entry.Metadata.Count == 0 ? null : entry.Metadata,
        Version = entry.Version,
        Condition = presence != CopyPresence.Overwrite ? SetCondition.IfAbsent : entry.Version is null ? SetCondition.Always : SetCondition.IfNewer,
    };
}
