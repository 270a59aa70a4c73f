using Npgsql;

namespace Cistern;

/// <summary>
/// Loads a batch of new keys by COPY straight into the table, several times as fast as what can replace a row. Whether all keys are new is decided by the table's unique index: where one has a row – an entry, an
/// expired one, a tombstone, or what another transaction adds meanwhile – the COPY fails and leaves nothing. A load that failed has cost time and dead rows; so a few of the keys are looked for before, and after a
/// failure some batches pass by.
/// </summary>
internal sealed class FreshLoad(EntryStatements statements)
{
    private const int LeastRows = 500;
    private const int SampleRows = 32;
    private const int MostPassing = 31;

    // Races over these cost a try too many or too few, and nothing else.
    private volatile int _passing;
    private volatile int _passed;

    /// <summary>Whether a batch should be tried so.</summary>
    public bool IsWorthATry(BatchPlan plan)
    {
        if (plan.Rows < LeastRows || !plan.HasEachKeyOnce) return false;
        if (_passed >= _passing) return true;
        _passed++;
        return false;
    }

    /// <summary>Loads a batch; false: one of its keys is not new, and nothing happened.</summary>
    /// <param name="connection">A connection without a transaction.</param>
    /// <param name="plan">A batch that has each key once.</param>
    /// <param name="limit">The longest that the server may take; null: as long as the connection says.</param>
    public async Task<bool> TryAsync(NpgsqlConnection connection, BatchPlan plan, TimeSpan? limit)
    {
        var isLoaded = plan.HasEachKeyOnce && !await MeetsAsync(connection, plan).ConfigureAwait(false) && await LoadAsync(connection, plan, limit).ConfigureAwait(false);
        _passing = isLoaded ? 0 : Math.Min(MostPassing, 2 * _passing + 1);
        _passed = 0;
        return isLoaded;
    }

    private async Task<bool> MeetsAsync(NpgsqlConnection connection, BatchPlan plan)
    {
        var rows = plan.Steps[0].Rows;
        var count = Math.Min(SampleRows, rows.Length);
        var sample = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < count; i++) sample[i] = rows[(int)((long)i * rows.Length / count)].Column(RowColumn.Hash).GetValueOrDefault();
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(EntryStatements.KeepToIndexes);
            batch.Add(statements.Meets).Parameters.Bytes(sample);
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextResultAsync().ConfigureAwait(false);
                await reader.ReadAsync().ConfigureAwait(false);
                var meets = reader.GetBoolean(0);
                await reader.EndAsync().ConfigureAwait(false);
                return meets;
            }
        }
    }

    private async Task<bool> LoadAsync(NpgsqlConnection connection, BatchPlan plan, TimeSpan? limit)
    {
        try
        {
            // A COPY by itself is a transaction.
            if (limit is not { } longest) await CopyAsync(connection, plan).ConfigureAwait(false);
            else await LongTransaction.RunAsync(connection, longest, plan, CopyAsync).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.FeatureNotSupported)
        {
            // The second one: there is row-level security on the table.
            return false;
        }
    }

    private async Task<bool> CopyAsync(NpgsqlConnection connection, BatchPlan plan)
    {
        await CopyIn.SendAsync(connection, statements.CopyFresh, plan.Steps, hasStep: false).ConfigureAwait(false);
        return true;
    }
}
