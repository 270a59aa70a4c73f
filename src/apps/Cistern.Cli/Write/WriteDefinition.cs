using System.CommandLine;

namespace Cistern.Cli;

/// <summary>The command <c>write</c> and its options, as the parser and the help know them.</summary>
internal sealed class WriteDefinition : CommandDefinition
{
    private readonly Option<string?> _input = Named("--input", "INPUT", $"the configuration, JSON, or a file of records, .jsonl or .csv (default {WriteArguments.DefaultInput})");
    private readonly Option<string?> _output = Named("--output", "SUMMARY", $"where the summary goes, JSON (default {WriteArguments.DefaultOutput})");
    private readonly Option<string[]> _to = new("--to") { HelpName = "BACKEND", Description = $"where to write, over the file's backends; may be given several times: {BackendChoice.Allowed} (default memory)" };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "say nothing on standard error but errors" };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "also say every record that was rejected or not stored, as far as the summary lists them" };
    private readonly Option<bool> _noColor = new("--no-color") { Description = "no colours, as with the environment's NO_COLOR" };
    private readonly SettingOptions<WriteSettings> _settings = new(WriteSettingTable.Rows);

    public WriteDefinition()
    {
        Command = new Command("write", "Write records to several backends at once, and say what each one did.");
        Option[] first = [_input, _output, _to];
        foreach (var option in first.Concat(_settings.All).Append(_quiet).Append(_verbose).Append(_noColor)) Command.Options.Add(option);
    }

    /// <inheritdoc/>
    public override Command Command { get; }

    /// <inheritdoc/>
    public override string Interruption => "; nothing was written";

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult result, Surroundings surroundings, CancellationToken cancellationToken) =>
        new WriteCommand(Read(result), surroundings).RunAsync(cancellationToken);

    private WriteArguments Read(ParseResult result)
    {
        var (isQuiet, isVerbose) = (result.GetValue(_quiet), result.GetValue(_verbose));
        if (isQuiet && isVerbose) throw new BadInputException("--quiet and --verbose exclude each other");
        return new WriteArguments
        {
            Input = result.GetValue(_input) ?? WriteArguments.DefaultInput,
            Output = result.GetValue(_output) ?? WriteArguments.DefaultOutput,
            To = result.GetValue(_to) ?? [],
            Settings = _settings.Read(result),
            Verbosity = isQuiet ? Verbosity.Quiet : isVerbose ? Verbosity.Verbose : Verbosity.Normal,
            NoColor = result.GetValue(_noColor),
        };
    }
}
