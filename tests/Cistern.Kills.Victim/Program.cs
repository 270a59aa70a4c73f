using System.Globalization;
using Cistern;
using Cistern.Kills;

// Does the steps of the script from one on, and tells each on standard output once the backend has acknowledged it:
//   Cistern.Kills.Victim ADDRESS FIRST_STEP
// It ends by being killed, or when its standard output is gone.
var schemes = new BackendSchemes(FileScheme.Instance, SqliteScheme.Instance);
await using var backend = await schemes.OpenAsync(BackendAddress.Parse(args[0]));
using var acknowledgements = Console.OpenStandardOutput();
acknowledgements.Write("o"u8);
foreach (var step in Script.From(long.Parse(args[1], CultureInfo.InvariantCulture)))
{
    switch (step.Kind)
    {
        case StepKind.Set: Require(await backend.SetAsync(step.Keys[0], step.ValueOf(step.Keys[0])) == SetOutcome.Stored); break;
        case StepKind.SetMany: Require((await backend.SetManyAsync(step.Keys.Select(key => new SetRequest(key, step.ValueOf(key))))).All(outcome => outcome == SetOutcome.Stored)); break;
        case StepKind.Delete: await backend.DeleteAsync(step.Keys[0]); break;
        default: await backend.ClearAsync(); break;
    }

    acknowledgements.Write("."u8);
}

static void Require(bool isStored)
{
    if (!isStored) throw new InvalidOperationException("A set was refused, though nothing bounds the backend.");
}
