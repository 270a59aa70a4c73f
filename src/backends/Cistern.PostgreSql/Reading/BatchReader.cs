using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Cistern;

/// <summary>
/// Reads many entries, in parts of so many keys and so many bytes, each a call with a time of its own: an answer of gigabytes would outlast it, and go on being read when nobody waits any more. How long
/// values are, only the server knows: it gives as much of a part as has room, and of the rest how long it is, from which further parts are made.
/// </summary>
internal sealed class BatchReader(Database database, EntryStatements statements)
{
    /// <summary>The values of those of some keys that have live entries.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Dictionary<string, byte[]>> GetAsync(IReadOnlyCollection<string> keys, long now, CancellationToken cancellationToken) =>
        ReadAsync(keys, now, statements.GetMany, static (reader, _) => reader.Bytes(3), cancellationToken);

    /// <summary>The whole entries of those of some keys that have live ones.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Dictionary<string, CacheEntry>> InspectAsync(IReadOnlyCollection<string> keys, long now, CancellationToken cancellationToken) =>
        ReadAsync(keys, now, statements.InspectMany, static (reader, key) => EntryReader.ReadEntry(reader, key, value: 3, version: 4), cancellationToken);

    private async Task<Dictionary<string, T>> ReadAsync<T>(IReadOnlyCollection<string> keys, long now, string statement, Func<NpgsqlDataReader, string, T> read, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, T>();
        foreach (var part in PartsOf(keys))
        {
            var left = new Queue<byte[][]>([part]);
            while (left.TryDequeue(out var hashes))
            {
                var answer = await ReadPartAsync(hashes, now, statement, read, cancellationToken).ConfigureAwait(false);
                foreach (var (key, entry) in answer.Found) found[key] = entry;
                foreach (var more in PartsOf(answer.Postponed)) left.Enqueue(more);
            }
        }

        return found;
    }

    /// <summary>Those of some keys that have live entries.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<HashSet<string>> FindAsync(IReadOnlyCollection<string> keys, long now, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>();
        foreach (var part in PartsOf(keys)) found.UnionWith(await FindPartAsync(part, now, cancellationToken).ConfigureAwait(false));
        return found;
    }

    private static IEnumerable<byte[][]> PartsOf(IReadOnlyCollection<string> keys) =>
        keys.Chunk(LongTransaction.PartEntries).Select(part => Array.ConvertAll(part, key => SHA256.HashData(Encoding.UTF8.GetBytes(key))));

    private static IEnumerable<byte[][]> PartsOf(List<(byte[] Hash, long Size)> postponed)
    {
        var part = new List<byte[]>();
        var bytes = 0L;
        foreach (var (hash, size) in postponed)
        {
            if (part.Count > 0 && bytes + size > LongTransaction.PartBytes)
            {
                yield return [.. part];
                part.Clear();
                bytes = 0;
            }

            part.Add(hash);
            bytes += size;
        }

        if (part.Count > 0) yield return [.. part];
    }

    private Task<(List<(string Key, T Entry)> Found, List<(byte[] Hash, long Size)> Postponed)> ReadPartAsync<T>(
        byte[][] hashes, long now, string statement, Func<NpgsqlDataReader, string, T> read, CancellationToken cancellationToken) => database.ReadAsync(
        (Statement: statement, Read: read, Hashes: hashes, Now: now),
        static async (connection, call) =>
        {
            var found = new List<(string, T)>();
            var postponed = new List<(byte[], long)>();
            var command = connection.Command(call.Statement);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Bytes(call.Hashes).Number(call.Now).Number(LongTransaction.PartBytes);
                var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync().ConfigureAwait(false))
                    {
                        if (reader.IsDBNull(3)) postponed.Add((reader.Bytes(0), reader.GetInt32(1)));
                        else if (StoredKey.Read(reader.Bytes(0), reader.Bytes(2)) is { } key) found.Add((key, call.Read(reader, key)));
                    }
                }
            }

            return (found, postponed);
        },
        cancellationToken);

    private Task<List<string>> FindPartAsync(byte[][] hashes, long now, CancellationToken cancellationToken) => database.ReadAsync(
        (statements, Hashes: hashes, Now: now),
        static async (connection, call) =>
        {
            var found = new List<string>();
            var command = connection.Command(call.statements.ExistsMany);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Bytes(call.Hashes).Number(call.Now);
                var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync().ConfigureAwait(false))
                    {
                        if (StoredKey.Read(reader.Bytes(0), reader.Bytes(1)) is { } key) found.Add(key);
                    }
                }
            }

            return found;
        },
        cancellationToken);
}
