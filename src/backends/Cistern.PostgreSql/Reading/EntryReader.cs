using Npgsql;

namespace Cistern;

/// <summary>Reads one entry, in one round trip.</summary>
internal sealed class EntryReader(Database database, EntryStatements statements)
{
    /// <summary>The value of a live entry; null when none is there.</summary>
    public Task<byte[]?> GetAsync(string key, long now, CancellationToken cancellationToken) => FirstAsync<byte[]>(statements.Get, key, now, cancellationToken);

    /// <summary>Whether a live entry is there.</summary>
    public Task<bool> ExistsAsync(string key, long now, CancellationToken cancellationToken) => FirstAsync<bool>(statements.Exists, key, now, cancellationToken);

    /// <summary>A live entry whole; null when none is there.</summary>
    public Task<CacheEntry?> InspectAsync(string key, long now, CancellationToken cancellationToken) => database.ReadAsync(
        (statements, Name: key, Key: StoredKey.Of(key), Now: now),
        static async (connection, call) =>
        {
            var command = connection.Command(call.statements.Inspect);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Key(call.Key).Number(call.Now);
                var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await reader.ReadAsync().ConfigureAwait(false) ? ReadEntry(reader, call.Name, value: 5, version: 0) : null;
                }
            }
        },
        cancellationToken);

    /// <summary>An entry of a row: its value in one column, and in others, one behind the other, its version, beginning, end, absolute end and metadata.</summary>
    public static CacheEntry ReadEntry(NpgsqlDataReader reader, string key, int value, int version)
    {
        var entry = new CacheEntry
        {
            Key = key,
            Version = reader.NumberOrNull(version),
            CreatedAt = Instant(reader.GetInt64(version + 1)),
            ExpiresAt = reader.NumberOrNull(version + 2) is { } end ? Instant(end) : null,
            AbsoluteExpiration = reader.NumberOrNull(version + 3) is { } absolute ? Instant(absolute) : null,
            Value = reader.Bytes(value),
        };
        return reader.IsDBNull(version + 4) ? entry : entry with { Metadata = MetadataBytes.Read(reader.Bytes(version + 4)) };
    }

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private Task<T?> FirstAsync<T>(string statement, string key, long now, CancellationToken cancellationToken) => database.ReadAsync(
        (statement, Key: StoredKey.Of(key), Now: now),
        static async (connection, call) =>
        {
            var command = connection.Command(call.statement);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Key(call.Key).Number(call.Now);
                return await command.FirstAsync<T>().ConfigureAwait(false);
            }
        },
        cancellationToken);
}
