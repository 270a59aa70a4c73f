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
        outputs.Claims.Read("--input", arguments.Input);
        foreach (var (option, output) in outputs.All) outputs.Claims.Write(option, output);
        return outputs;
    }

    /// <summary>The files of the run; whoever reads another, or opens a backend, adds theirs.</summary>
    public FileClaims Claims { get; } = new();

    private IEnumerable<(string Option, OutputPath Output)> All =>
        new (string Option, OutputPath? Output)[] { ("--output", Summary), ("--results", Results), ("--audit", Audit), ("--report", Report) }
            .Where(pair => pair.Output is not null)
            .Select(pair => (pair.Option, pair.Output!));

    private static OutputPath? CheckOptional(string? path, string option) => path is null ? null : OutputPath.Check(path, option);
}
