using System.CommandLine;

namespace Cistern.Cli;

/// <summary><c>cistern replay</c>: which hit ratio a log of requests would have had, with which policy and how much room.</summary>
internal sealed class ReplayVerb : Verb
{
    private const string Lines = "lines";
    private const string Csv = "csv";

    private readonly Argument<string> _log = One("LOG", "the log of requests: a file, plain or .gz, or - for standard input");
    private readonly Option<string[]> _capacity = Repeated("--capacity", "N|P%", "how many entries there is room for: numbers, or parts of the distinct keys, between commas (default 1%,2%,5%,10%,25%,50%)");
    private readonly Option<string[]> _maxSize = Repeated("--max-size", "SIZE", "instead, how many bytes of values, such as 64MB, between commas");
    private readonly Option<string[]> _maxMemory = Repeated("--max-memory", "SIZE", "instead, how many bytes in all, between commas");
    private readonly Option<string[]> _policy = Repeated("--policy", "NAME", $"how entries are evicted: {EvictionModeText.Allowed}, several between commas (default all)");
    private readonly Option<string?> _format = Named("--format", "FORMAT", $"{Lines} (a key each) or {Csv} (default: {Csv} if the first line names a column key, else {Lines})");
    private readonly Option<string?> _valueBytes = Named("--value-bytes", "N", $"how many bytes a value has where the log does not say (default {ReplayLogSettings.DefaultValueBytes})");
    private readonly Option<string?> _page = Named("--page", "FILE.html", "draw the curves there, one self-contained page");

    public ReplayVerb() : base("replay", "Replay a log of requests, and tell the hit ratio of each eviction policy at each capacity.") =>
        Declare([_log], _capacity, _maxSize, _maxMemory, _policy, _format, _valueBytes, _page);

    /// <inheritdoc/>
    public override string Interruption => "; nothing was written";

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        var (bounds, policies, file) = (Bounds(run), PolicyChoice.Parse(run.Texts(_policy)), LogFile(run));
        var page = CheckPage(run);
        using var output = page is null ? null : OutputFile.Create(page);
        var progress = new ReplayProgress();
        var report = await ReplayProgressView.ShowAsync(run, progress, () => ReplayAsync(file, policies, bounds, run, progress)).ConfigureAwait(false);
        if (output is not null) ReplayPage.Publish(output, [report]);
        Tell(run, report);
        if (output is not null && !run.IsQuiet) run.Console.Say($"{output.Shown} written");
        return ExitCode.Done;
    }

    private static Task<ReplayReport> ReplayAsync(ReplayLogFile file, IReadOnlyList<EvictionMode> policies, BoundChoice bounds, VerbRun run, ReplayProgress progress) =>

        // Standard input knows no cancellation: it is left alone instead.
        Task.Run(
            async () =>
            {
                var log = file.Read(run.Console, progress, run.CancellationToken);
                return await ReplayRuns.RunAsync(log, policies, bounds.Resolve(log.Keys.Length), progress, run.CancellationToken).ConfigureAwait(false);
            },
            run.CancellationToken).WaitAsync(run.CancellationToken);

    private static void Tell(VerbRun run, ReplayReport report)
    {
        if (run.IsJson)
        {
            run.PrintJson(json => ReplayJson.Add(json, report));
        }
        else
        {
            foreach (var line in ReplayTable.Lines(report)) run.Print(line);
            run.Print("");
            run.Print(ReplayAdvice.Of(report));
        }

        var tooLarge = report.Results.Max(result => result.TooLarge);
        if (tooLarge > 0) run.Note($"up to {tooLarge:N0} values in one replay were too large for the bound, and not stored");
    }

    private BoundChoice Bounds(VerbRun run)
    {
        run.Exclude(_capacity, _maxSize);
        run.Exclude(_capacity, _maxMemory);
        run.Exclude(_maxSize, _maxMemory);
        if (run.Texts(_maxSize) is [_, ..] sizes) return BoundChoice.ParseBytes(ReplayMeasure.MaxSize, _maxSize.Name, sizes);
        if (run.Texts(_maxMemory) is [_, ..] memories) return BoundChoice.ParseBytes(ReplayMeasure.MaxMemory, _maxMemory.Name, memories);
        return run.Texts(_capacity) is [_, ..] capacities ? BoundChoice.ParseCapacities(capacities) : BoundChoice.Default;
    }

    private ReplayLogFile LogFile(VerbRun run)
    {
        var path = run.Text(_log);
        if (path.Length == 0) throw new BadInputException($"{_log.HelpName}: must name a file, or be - for standard input");
        bool? isCsv = run.Given(_format) switch
        {
            null => null,
            Lines => false,
            Csv => true,
            var other => throw new BadInputException($"{_format.Name}: must be {Lines} or {Csv}; found '{other}'"),
        };
        var valueBytes = run.Bytes(_valueBytes) ?? ReplayLogSettings.DefaultValueBytes;
        if (valueBytes > ReplayLogReader.MostValueBytes) throw new BadInputException($"{_valueBytes.Name}: must be at most {ReplayLogReader.MostValueBytes}; found '{run.Given(_valueBytes)}'");
        return new ReplayLogFile(path, new ReplayLogSettings { IsCsv = isCsv, ValueBytes = (int)valueBytes });
    }

    private OutputPath? CheckPage(VerbRun run)
    {
        if (run.Given(_page) is not { } file) return null;
        var page = OutputPath.Check(file, _page.Name);
        if (page.IsStandardOutput) throw new BadInputException($"{_page.Name}: must name a file; standard output has the table");
        var claims = new FileClaims();
        if (run.Text(_log) is not ReplayLogFile.StandardInput and var log) claims.Read(_log.HelpName!, log);
        claims.Write(_page.Name, page);
        return page;
    }
}
