using System.Diagnostics;
using Npgsql;

namespace Cistern;

/// <summary>
/// Stores a batch in one transaction: new keys straight into the table; others by arrays in a single round trip if they are few, and else through a temporary table, which the server fills without holding it in memory.
/// </summary>
internal sealed class BatchWriter(Database database, EntryStatements statements)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly FreshLoad _fresh = new(statements);

    /// <summary>Stores a batch; returns its outcomes.</summary>
    /// <param name="plan">The batch.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SetOutcome[]> StoreAsync(BatchPlan plan, long now, CancellationToken cancellationToken)
    {
        if (plan.Rows == 0) return plan.Outcomes;
        if (_fresh.IsWorthATry(plan)) return await StoreFreshAsync(plan, now, cancellationToken).ConfigureAwait(false);
        return LongTransaction.PartsOf(plan.Rows, plan.SizeBytes) == 1
            ? await StoreArraysAsync(plan, now, cancellationToken).ConfigureAwait(false)
            : await StoreStagedAsync(plan, now, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a batch straight into the table if all of its keys are new there, and else by one of the other ways.</summary>
    internal Task<SetOutcome[]> StoreFreshAsync(BatchPlan plan, long now, CancellationToken cancellationToken)
    {
        var parts = LongTransaction.PartsOf(plan.Rows, plan.SizeBytes);
        return database.WriteAsync(
            (Writer: this, Plan: plan, Now: now, Limit: database.Timeout * parts, IsLong: parts > 1),
            static async (connection, call) =>
            {
                var began = Stopwatch.GetTimestamp();
                if (await call.Writer._fresh.TryAsync(connection, call.Plan, call.IsLong ? call.Limit : null).ConfigureAwait(false)) return call.Plan.Outcomes;

                // What is left of the time: the server is to end this before the caller gives it up for hung. No time at all would mean that there is no limit.
                var left = call.Limit - Stopwatch.GetElapsedTime(began);
                return await LongTransaction.RunAsync(connection, left > Least ? left : Least, call, static (connection, call) => call.IsLong
                    ? call.Writer.StoreStagedAsync(connection, call.Plan, call.Now)
                    : call.Writer.StoreArraysAsync(connection, call.Plan, call.Now)).ConfigureAwait(false);
            },
            cancellationToken,
            parts);
    }

    /// <summary>Stores a batch by arrays: all its statements are one round trip, and without a BEGIN one transaction.</summary>
    internal Task<SetOutcome[]> StoreArraysAsync(BatchPlan plan, long now, CancellationToken cancellationToken) => database.WriteAsync(
        (Writer: this, Plan: plan, Now: now),
        static (connection, call) => call.Writer.StoreArraysAsync(connection, call.Plan, call.Now),
        cancellationToken);

    /// <summary>Stores a batch through a temporary table.</summary>
    internal Task<SetOutcome[]> StoreStagedAsync(BatchPlan plan, long now, CancellationToken cancellationToken)
    {
        var parts = LongTransaction.PartsOf(plan.Rows, plan.SizeBytes);
        return database.WriteAsync(
            (Writer: this, Plan: plan, Now: now, Limit: database.Timeout * parts),
            static (connection, call) => LongTransaction.RunAsync(connection, call.Limit, call, static (connection, call) => call.Writer.StoreStagedAsync(connection, call.Plan, call.Now)),
            cancellationToken,
            parts);
    }

    private async Task<SetOutcome[]> StoreArraysAsync(NpgsqlConnection connection, BatchPlan plan, long now)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            foreach (var step in plan.Steps) AddArrays(batch, step, now);
            return await BatchOutcomes.ReadAsync(batch, plan).ConfigureAwait(false);
        }
    }

    private async Task<SetOutcome[]> StoreStagedAsync(NpgsqlConnection connection, BatchPlan plan, long now)
    {
        await connection.ExecuteAsync(statements.Stage).ConfigureAwait(false);
        await CopyIn.SendAsync(connection, statements.CopyStaged, plan.Steps, hasStep: true).ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            for (var number = 0; number < plan.Steps.Count; number++) AddStaged(batch, plan.Steps[number], number, now);
            return await BatchOutcomes.ReadAsync(batch, plan).ConfigureAwait(false);
        }
    }

    private void AddArrays(NpgsqlBatch batch, BatchStep step, long now)
    {
        var set = batch.Add(statements.SetMany(step.Condition));
        AddRows(set.Parameters, step.Rows);
        if (step.Condition != SetCondition.Always) set.Parameters.Number(now);

        // At once, as the next step may store over it.
        if (step.Condition == SetCondition.IfNewer) batch.Add(statements.HeldMany).Parameters.Bytes(BytesOf(step.Rows, RowColumn.Hash));
    }

    private void AddStaged(NpgsqlBatch batch, BatchStep step, int number, long now)
    {
        var set = batch.Add(statements.SetStaged(step.Condition));
        set.Parameters.Step(number);
        if (step.Condition != SetCondition.Always) set.Parameters.Number(now);
        if (step.Condition == SetCondition.IfNewer) batch.Add(statements.HeldStaged).Parameters.Step(number);
    }

    private static void AddRows(NpgsqlParameterCollection arguments, EncodedRow[] rows)
    {
        arguments
            .Bytes(BytesOf(rows, RowColumn.Hash)).Bytes(BytesOf(rows, RowColumn.Key))
            .Numbers(NumbersOf(rows, RowColumn.Version)).Numbers(NumbersOf(rows, RowColumn.CreatedAt))
            .Numbers(NumbersOf(rows, RowColumn.ExpiresAt)).Numbers(NumbersOf(rows, RowColumn.AbsoluteEnd))
            .Bytes(Array.ConvertAll(rows, row => row.Column(RowColumn.Metadata))).Bytes(BytesOf(rows, RowColumn.Value));
    }

    private static ReadOnlyMemory<byte>[] BytesOf(EncodedRow[] rows, RowColumn column) => Array.ConvertAll(rows, row => row.Column(column).GetValueOrDefault());

    private static long?[] NumbersOf(EncodedRow[] rows, RowColumn column) => Array.ConvertAll(rows, row => row.Number(column));
}
