using Npgsql;

namespace Cistern;

/// <summary>Stores one entry in one round trip.</summary>
internal static class SingleSet
{
    public static Task<SetOutcome> StoreAsync(Database database, EntryStatements statements, EntryRow row, long now, CancellationToken cancellationToken) => row.Condition switch
    {
        SetCondition.Always => database.WriteAsync((statements, row), static (connection, call) => StoreAlwaysAsync(connection, call.statements, call.row), cancellationToken),
        SetCondition.IfAbsent => database.WriteAsync((statements, row, now), static (connection, call) => StoreIfAbsentAsync(connection, call.statements, call.row, call.now), cancellationToken),
        _ => database.WriteAsync((statements, row, now), static (connection, call) => StoreIfNewerAsync(connection, call.statements, call.row, call.now), cancellationToken),
    };

    private static async Task<SetOutcome> StoreAlwaysAsync(NpgsqlConnection connection, EntryStatements statements, EntryRow row)
    {
        var command = connection.Command(statements.Set(SetCondition.Always));
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Row(row);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            return SetOutcome.Stored;
        }
    }

    private static async Task<SetOutcome> StoreIfAbsentAsync(NpgsqlConnection connection, EntryStatements statements, EntryRow row, long now)
    {
        var command = connection.Command(statements.Set(SetCondition.IfAbsent));
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Row(row).Number(now);
            return await command.FirstAsync<bool>().ConfigureAwait(false) ? SetOutcome.Stored : SetOutcome.Present;
        }
    }

    // A set that its WHERE refuses gives no row, and so no reason; but it has locked the row that refused it until the end of the transaction, which both statements share. The second sees just that row.
    private static async Task<SetOutcome> StoreIfNewerAsync(NpgsqlConnection connection, EntryStatements statements, EntryRow row, long now)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(statements.Set(SetCondition.IfNewer)).Parameters.Row(row).Number(now);
            batch.Add(statements.Held).Parameters.Bytes(row.Key.Hash);
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var isStored = await reader.ReadAsync().ConfigureAwait(false);
                await reader.NextResultAsync().ConfigureAwait(false);
                await reader.ReadAsync().ConfigureAwait(false);
                var refusal = EntryRow.Refusal(row.Version, reader.NumberOrNull(0), reader.GetBoolean(1));
                await reader.EndAsync().ConfigureAwait(false);
                return isStored ? SetOutcome.Stored : refusal;
            }
        }
    }
}
