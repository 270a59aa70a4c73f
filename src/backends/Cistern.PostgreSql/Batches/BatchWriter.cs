using Npgsql;
using NpgsqlTypes;

namespace Cistern;

/// <summary>
/// Stores a batch in one transaction: a small one by arrays in a single round trip, a large one through a temporary table, which the server fills without holding it in memory.
/// </summary>
internal sealed class BatchWriter(Database database, EntryStatements statements)
{
    /// <summary>Stores a batch; returns its outcomes.</summary>
    /// <param name="plan">The batch.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SetOutcome[]> StoreAsync(BatchPlan plan, long now, CancellationToken cancellationToken)
    {
        if (plan.Rows == 0) return plan.Outcomes;
        return LongTransaction.PartsOf(plan.Rows, plan.SizeBytes) == 1
            ? await StoreArraysAsync(plan, now, cancellationToken).ConfigureAwait(false)
            : await StoreStagedAsync(plan, now, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a batch by arrays: all its statements are one round trip, and without a BEGIN one transaction.</summary>
    internal Task<SetOutcome[]> StoreArraysAsync(BatchPlan plan, long now, CancellationToken cancellationToken) => database.WriteAsync(
        (Writer: this, Plan: plan, Now: now),
        static async (connection, call) =>
        {
            var batch = new NpgsqlBatch(connection);
            await using (batch.ConfigureAwait(false))
            {
                foreach (var step in call.Plan.Steps) call.Writer.AddArrays(batch, step, call.Now);
                return await ReadOutcomesAsync(batch, call.Plan).ConfigureAwait(false);
            }
        },
        cancellationToken);

    /// <summary>Stores a batch through a temporary table.</summary>
    internal Task<SetOutcome[]> StoreStagedAsync(BatchPlan plan, long now, CancellationToken cancellationToken)
    {
        var parts = LongTransaction.PartsOf(plan.Rows, plan.SizeBytes);
        return database.WriteAsync(
            (Writer: this, Plan: plan, Now: now, Limit: database.Timeout * parts),
            static (connection, call) => LongTransaction.RunAsync(connection, call.Limit, call, static async (connection, call) =>
            {
                await call.Writer.StageAsync(connection, call.Plan).ConfigureAwait(false);
                var batch = new NpgsqlBatch(connection);
                await using (batch.ConfigureAwait(false))
                {
                    for (var number = 0; number < call.Plan.Steps.Count; number++) call.Writer.AddStaged(batch, call.Plan.Steps[number], number, call.Now);
                    return await ReadOutcomesAsync(batch, call.Plan).ConfigureAwait(false);
                }
            }),
            cancellationToken,
            parts);
    }

    private static async Task<SetOutcome[]> ReadOutcomesAsync(NpgsqlBatch batch, BatchPlan plan)
    {
        // A copy: a conflict has the whole batch done again.
        var outcomes = (SetOutcome[])plan.Outcomes.Clone();
        var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            // Plain steps give no rows, not even an empty result, so the results are those of the others, one after another.
            var isFirst = true;
            foreach (var step in plan.Steps.Where(step => step.Condition != SetCondition.Always))
            {
                if (!isFirst) await reader.NextResultAsync().ConfigureAwait(false);
                isFirst = false;
                var isStored = new bool[step.Rows.Length];
                while (await reader.ReadAsync().ConfigureAwait(false)) isStored[step.Find(reader.Bytes(0))] = true;
                for (var index = 0; index < isStored.Length; index++)
                {
                    if (!isStored[index]) outcomes[step.Places[index]] = SetOutcome.Present;
                }

                if (step.Condition != SetCondition.IfNewer) continue;
                await reader.NextResultAsync().ConfigureAwait(false);
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    var index = step.Find(reader.Bytes(0));
                    if (!isStored[index]) outcomes[step.Places[index]] = step.Rows[index].Refusal(reader.NumberOrNull(1), reader.GetBoolean(2));
                }
            }

            await reader.EndAsync().ConfigureAwait(false);
        }

        return outcomes;
    }

    private static void AddRow(NpgsqlParameterCollection arguments, EntryRow[] rows)
    {
        arguments
            .Bytes(Array.ConvertAll(rows, row => row.Key.Hash)).Bytes(Array.ConvertAll(rows, row => row.Key.Bytes))
            .Numbers(Array.ConvertAll(rows, row => row.Version)).Numbers(Array.ConvertAll(rows, row => (long?)row.CreatedAt))
            .Numbers(Array.ConvertAll(rows, row => row.ExpiresAt)).Numbers(Array.ConvertAll(rows, row => row.AbsoluteEnd))
            .Bytes(Array.ConvertAll(rows, row => row.Metadata)).Bytes(Array.ConvertAll(rows, row => row.Value));
    }

    private static async Task WriteRowAsync(NpgsqlBinaryImporter import, int step, EntryRow row)
    {
        await import.StartRowAsync().ConfigureAwait(false);
        await import.WriteAsync(step, NpgsqlDbType.Integer).ConfigureAwait(false);
        await import.WriteAsync(row.Key.Hash, NpgsqlDbType.Bytea).ConfigureAwait(false);
        await import.WriteAsync(row.Key.Bytes, NpgsqlDbType.Bytea).ConfigureAwait(false);
        await WriteAsync(import, row.Version).ConfigureAwait(false);
        await import.WriteAsync(row.CreatedAt, NpgsqlDbType.Bigint).ConfigureAwait(false);
        await WriteAsync(import, row.ExpiresAt).ConfigureAwait(false);
        await WriteAsync(import, row.AbsoluteEnd).ConfigureAwait(false);
        if (row.Metadata is null) await import.WriteNullAsync().ConfigureAwait(false);
        else await import.WriteAsync(row.Metadata, NpgsqlDbType.Bytea).ConfigureAwait(false);
        await import.WriteAsync(row.Value, NpgsqlDbType.Bytea).ConfigureAwait(false);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter import, long? number) => number is { } value ? import.WriteAsync(value, NpgsqlDbType.Bigint) : import.WriteNullAsync();

    private void AddArrays(NpgsqlBatch batch, BatchStep step, long now)
    {
        var set = batch.Add(statements.SetMany(step.Condition));
        AddRow(set.Parameters, step.Rows);
        if (step.Condition != SetCondition.Always) set.Parameters.Number(now);

        // At once, as the next step may store over it.
        if (step.Condition == SetCondition.IfNewer) batch.Add(statements.HeldMany).Parameters.Bytes(Array.ConvertAll(step.Rows, row => row.Key.Hash));
    }

    private void AddStaged(NpgsqlBatch batch, BatchStep step, int number, long now)
    {
        var set = batch.Add(statements.SetStaged(step.Condition));
        set.Parameters.Step(number);
        if (step.Condition != SetCondition.Always) set.Parameters.Number(now);
        if (step.Condition == SetCondition.IfNewer) batch.Add(statements.HeldStaged).Parameters.Step(number);
    }

    private async Task StageAsync(NpgsqlConnection connection, BatchPlan plan)
    {
        await connection.ExecuteAsync(statements.Stage).ConfigureAwait(false);
        var import = await connection.BeginBinaryImportAsync(statements.CopyStaged).ConfigureAwait(false);
        await using (import.ConfigureAwait(false))
        {
            import.Timeout = Timeout.InfiniteTimeSpan;
            for (var number = 0; number < plan.Steps.Count; number++)
            {
                foreach (var row in plan.Steps[number].Rows) await WriteRowAsync(import, number, row).ConfigureAwait(false);
            }

            await import.CompleteAsync().ConfigureAwait(false);
        }
    }
}
