using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace Cistern;

/// <summary>Arguments by their place in a statement, each with its type, so that nothing is inferred and nothing is ever part of the text.</summary>
internal static class CommandExtensions
{
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string statement) => new(statement, connection);

    /// <summary>Runs a statement without arguments and answer.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string statement)
    {
        var command = connection.Command(statement);
        await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string statement)
    {
        var command = new NpgsqlBatchCommand(statement);
        batch.BatchCommands.Add(command);
        return command;
    }

    public static NpgsqlParameterCollection Bytes(this NpgsqlParameterCollection arguments, byte[]? bytes) =>
        bytes is null ? arguments.Null(NpgsqlDbType.Bytea) : arguments.Typed(bytes, NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection Number(this NpgsqlParameterCollection arguments, long? number) =>
        number is { } value ? arguments.Typed(value, NpgsqlDbType.Bigint) : arguments.Null(NpgsqlDbType.Bigint);

    public static NpgsqlParameterCollection Step(this NpgsqlParameterCollection arguments, int number) => arguments.Typed(number, NpgsqlDbType.Integer);

    public static NpgsqlParameterCollection Text(this NpgsqlParameterCollection arguments, string text) => arguments.Typed(text, NpgsqlDbType.Text);

    public static NpgsqlParameterCollection Bytes(this NpgsqlParameterCollection arguments, byte[]?[] bytes) => arguments.Typed(bytes, NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection Bytes(this NpgsqlParameterCollection arguments, ReadOnlyMemory<byte>[] bytes) => arguments.Typed(bytes, NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection Bytes(this NpgsqlParameterCollection arguments, ReadOnlyMemory<byte>?[] bytes) => arguments.Typed(bytes, NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection Numbers(this NpgsqlParameterCollection arguments, long?[] numbers) => arguments.Typed(numbers, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static NpgsqlParameterCollection Key(this NpgsqlParameterCollection arguments, in StoredKey key) => arguments.Bytes(key.Hash).Bytes(key.Bytes);

    public static NpgsqlParameterCollection Row(this NpgsqlParameterCollection arguments, EntryRow row) =>
        arguments.Key(row.Key).Number(row.Version).Number(row.CreatedAt).Number(row.ExpiresAt).Number(row.AbsoluteEnd).Bytes(row.Metadata).Bytes(row.Value);

    public static long? NumberOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public static byte[] Bytes(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    /// <summary>Reads to the end of all answers: a write is there only once the server has said that its transaction is.</summary>
    public static async Task EndAsync(this NpgsqlDataReader reader)
    {
        while (await reader.NextResultAsync().ConfigureAwait(false))
        {
        }
    }

    /// <summary>Reads the first column of the first row; default where there is no row.</summary>
    public static async Task<T?> FirstAsync<T>(this NpgsqlCommand command)
    {
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var first = await reader.ReadAsync().ConfigureAwait(false) ? await reader.GetFieldValueAsync<T>(0).ConfigureAwait(false) : default;
            await reader.EndAsync().ConfigureAwait(false);
            return first;
        }
    }

    private static NpgsqlParameterCollection Typed<T>(this NpgsqlParameterCollection arguments, T value, NpgsqlDbType type)
    {
        arguments.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return arguments;
    }

    private static NpgsqlParameterCollection Null(this NpgsqlParameterCollection arguments, NpgsqlDbType type)
    {
        arguments.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type });
        return arguments;
    }
}
