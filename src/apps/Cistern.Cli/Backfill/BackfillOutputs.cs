namespace Cistern.Cli;

/// <summary>Where a run writes, each place checked and none colliding with another or with what is read. Immutable.</summary>
internal sealed record BackfillOutputs(OutputPath Summary, OutputPath? Results, OutputPath? Audit, OutputPath? Report)
{
    public static BackfillOutputs Check(BackfillArguments arguments)
    {
        if (arguments.Input.Length == 0) throw new BadInputException("--input: must name a file");
        var outputs = new BackfillOutputs(
            OutputPath.Check(arguments.Output, "--output"),
            CheckOptional(arguments.Results, "--results"),
            CheckOptional(arguments.Audit, "--audit"),
            CheckOptional(arguments.Report, "--report"));
        outputs.CheckCollisions();
        outputs.CheckInput(arguments.Input, "--input");
        return outputs;
    }

    /// <summary>Checks that nothing that is read would be overwritten.</summary>
    public void CheckInput(string path, string name)
    {
        foreach (var (option, output) in All)
        {
            if (output.IsSame(path)) throw new BadInputException($"{output.Shown}: {name} and {option} are the same file; nothing was changed");
        }
    }

    private IEnumerable<(string Option, OutputPath Output)> All =>
        new (string Option, OutputPath? Output)[] { ("--output", Summary), ("--results", Results), ("--audit", Audit), ("--report", Report) }
            .Where(pair => pair.Output is not null)
            .Select(pair => (pair.Option, pair.Output!));

    private void CheckCollisions()
    {
        var all = All.ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (all[i].Output.IsSame(all[j].Output)) throw new BadInputException($"{all[i].Output.Shown}: {all[j].Option} and {all[i].Option} are the same file; nothing was changed");
            }
        }
    }

    private static OutputPath? CheckOptional(string? path, string option) => path is null ? null : OutputPath.Check(path, option);
}
