using Npgsql;

namespace Cistern;

/// <summary>What the statements of a batch answer: which of the conditional rows were stored, and what refused the others.</summary>
internal static class BatchOutcomes
{
    /// <summary>Runs the statements, and reads their answers to the end.</summary>
    /// <param name="batch">One statement per step of the plan, and a second one for those that ask for newer versions.</param>
    /// <param name="plan">The plan.</param>
    public static async Task<SetOutcome[]> ReadAsync(NpgsqlBatch batch, BatchPlan plan)
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
                    if (!isStored[index]) outcomes[step.Rows[index].Place] = SetOutcome.Present;
                }

                if (step.Condition != SetCondition.IfNewer) continue;
                await reader.NextResultAsync().ConfigureAwait(false);
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    var index = step.Find(reader.Bytes(0));
                    if (!isStored[index]) outcomes[step.Rows[index].Place] = step.Rows[index].Refusal(reader.NumberOrNull(1), reader.GetBoolean(2));
                }
            }

            await reader.EndAsync().ConfigureAwait(false);
        }

        return outcomes;
    }
}
