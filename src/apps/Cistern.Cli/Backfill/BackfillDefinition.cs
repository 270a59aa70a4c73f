using System.CommandLine;

namespace Cistern.Cli;

/// <summary>The command <c>backfill</c> and its options, as the parser and the help know them.</summary>
internal sealed class BackfillDefinition : CommandDefinition
{
    private readonly Option<string?> _input = Named("--input", "CONFIG", $"the configuration, JSON (default {BackfillArguments.DefaultInput})");
    private readonly Option<string?> _output = Named("--output", "SUMMARY", $"where the summary goes, JSON (default {BackfillArguments.DefaultOutput})");
    private readonly Option<string?> _results = Named("--results", "FILE.jsonl", "stream the results there instead of into the summary");
    private readonly Option<string?> _audit = Named("--audit", "FILE.jsonl", "write every decision there");
    private readonly Option<string?> _report = Named("--report", "FILE.html", "draw the run there, one self-contained page");
    private readonly Option<string?> _source = Named("--source", "ADDRESS", "where records come from, over the file's source");
    private readonly Option<string?> _lookups = Named("--lookups", "FILE", "the keys to look up, over the file's lookups");
    private readonly Option<bool> _quiet = new("--quiet") { Description = "say nothing on standard error but errors" };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "also say every decision as it is made" };
    private readonly Option<bool> _noColor = new("--no-color") { Description = "no colours, as with the environment's NO_COLOR" };
    private readonly SettingOptions<BackfillSettings> _settings = new(BackfillSettingTable.Rows);
    private readonly EarlyInput? _early;

    public BackfillDefinition(EarlyInput? early)
    {
        _early = early;
        Command = new Command("backfill", "Look up keys through a cache that watches its miss rate and refills itself from its source.");
        Option[] files = [_input, _output, _results, _audit, _report, _source, _lookups];
        foreach (var option in files.Concat(_settings.All).Append(_quiet).Append(_verbose).Append(_noColor)) Command.Options.Add(option);
    }

    /// <inheritdoc/>
    public override Command Command { get; }

    /// <inheritdoc/>
    public override string Interruption => "; nothing was written";

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult result, Surroundings surroundings, CancellationToken cancellationToken) =>
        new BackfillCommand(Read(result), surroundings, _early).RunAsync(cancellationToken);

    private BackfillArguments Read(ParseResult result)
    {
        var (isQuiet, isVerbose) = (result.GetValue(_quiet), result.GetValue(_verbose));
        if (isQuiet && isVerbose) throw new BadInputException("--quiet and --verbose exclude each other");
        return new BackfillArguments
        {
            Input = result.GetValue(_input) ?? BackfillArguments.DefaultInput,
            Output = result.GetValue(_output) ?? BackfillArguments.DefaultOutput,
            Results = result.GetValue(_results),
            Audit = result.GetValue(_audit),
            Report = result.GetValue(_report),
            Source = result.GetValue(_source),
            Lookups = result.GetValue(_lookups),
            Settings = _settings.Read(result),
            Verbosity = isQuiet ? Verbosity.Quiet : isVerbose ? Verbosity.Verbose : Verbosity.Normal,
            NoColor = result.GetValue(_noColor),
        };
    }
}
