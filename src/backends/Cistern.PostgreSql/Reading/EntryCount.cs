namespace Cistern;

/// <summary>Counts live entries and their bytes, page by page: no scan of a large table would end in its time. Exact where nobody writes meanwhile.</summary>
internal sealed class EntryCount(Database database, EntryStatements statements)
{
    /// <summary>How many rows one statement counts: few enough to be in time though each is read from a slow disk.</summary>
    public const int PageRows = 5_000;

    /// <summary>Counts what is live now.</summary>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<BackendUsage> CountAsync(long now, CancellationToken cancellationToken)
    {
        var (entries, bytes) = (0L, 0L);
        for (byte[]? next = []; next is { } after;)
        {
            (next, var pageEntries, var pageBytes) = await CountPageAsync(after, now, cancellationToken).ConfigureAwait(false);
            entries += pageEntries;
            bytes += pageBytes;
        }

        return new BackendUsage { Entries = entries, SizeBytes = bytes };
    }

    private Task<(byte[]? Last, long Entries, long Bytes)> CountPageAsync(byte[] after, long now, CancellationToken cancellationToken) => database.ReadAsync(
        (statements, After: after, Now: now),
        static async (connection, call) =>
        {
            var command = connection.Command(call.statements.CountPage);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Bytes(call.After).Number(call.Now);
                var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.ReadAsync().ConfigureAwait(false);
                    return (reader.IsDBNull(0) ? null : reader.Bytes(0), reader.GetInt64(1), reader.GetInt64(2));
                }
            }
        },
        cancellationToken);
}
