using System.CommandLine;
using System.Text;

namespace Cistern.Cli;

/// <summary><c>cistern set</c>: stores a value, and says what became of it.</summary>
internal sealed class SetVerb : Verb
{
    private readonly Argument<string> _address = AddressArgument();
    private readonly Argument<string> _key = One("KEY", "the key");
    private readonly Argument<string?> _value = Maybe("VALUE", "the value, as text; or --from");
    private readonly Option<string?> _from = Named("--from", "FILE", "take the value from there, byte by byte; - is standard input");
    private readonly Option<string?> _ttl = Named("--ttl", "DURATION", "how long it lives: " + DurationText.Allowed + " (default: until it is evicted or deleted)");
    private readonly Option<string[]> _metadata = Repeated("--metadata", "NAME=VALUE", "keep a text beside the value; may be repeated");
    private readonly Option<bool> _ifAbsent = Flag("--if-absent", "only where no live entry is");
    private readonly Option<string?> _version = Named("--version", "N", "only over a lower version, and with this one: a whole number of 64 bits");

    public SetVerb() : base("set", "Store a value under a key.") => Declare([_address, _key, _value], _from, _ttl, _metadata, _ifAbsent, _version);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        run.Exclude(_ifAbsent, _version);
        var key = run.Key(_key);
        var options = ReadOptions(run);
        using var input = OpenValue(run);

        // A backend that others wait for is not held while somebody types, nor is more read than it could take.
        await input.ReadAsync(ValueInput.FirstBytes, run.CancellationToken).ConfigureAwait(false);
        SetOutcome outcome;
        BackendCapabilities bounds;
        var backend = await run.OpenAsync(_address, isReadOnly: false).ConfigureAwait(false);
        await using (backend.ConfigureAwait(false))
        {
            bounds = backend.Capabilities;
            await input.ReadAsync(MostBytes(bounds) ?? ValueInput.MostBytes, run.CancellationToken).ConfigureAwait(false);
            outcome = input.IsWhole ? await backend.SetAsync(key, input.Value, options, run.CancellationToken).ConfigureAwait(false) : SetOutcome.TooLarge;
        }

        Tell(run, key, outcome, input, options, bounds);
        return outcome is SetOutcome.Stored or SetOutcome.AlreadyCurrent ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Tell(VerbRun run, string key, SetOutcome outcome, ValueInput input, SetOptions options, BackendCapabilities bounds)
    {
        if (run.IsJson) run.PrintJson(json => json.Add("key", key).Add("outcome", OutcomeName.Of(outcome)).Add("size_bytes", input.IsWhole ? input.Value.Length : null).Add("version", options.Version));
        else if (outcome is SetOutcome.Stored) run.Answer("stored");
        else if (outcome is SetOutcome.AlreadyCurrent) run.Answer("already current");
        if (outcome is not (SetOutcome.Stored or SetOutcome.AlreadyCurrent)) run.Note($"not stored: {OutcomeText.Explain(outcome)}{(outcome == SetOutcome.TooLarge ? ExplainBound(input, bounds) : "")}");
    }

    private static long? MostBytes(BackendCapabilities bounds) =>
        bounds.MaxValueBytes is { } value && bounds.MaxSizeBytes is { } size ? Math.Min(value, size) : bounds.MaxValueBytes ?? bounds.MaxSizeBytes;

    // Of an entry whose value alone would be allowed, what is held beside it was too much.
    private static string ExplainBound(ValueInput input, BackendCapabilities bounds)
    {
        if (MostBytes(bounds) is { } most && (!input.IsWhole || input.Value.Length > most)) return $" (a value may have {most:N0} bytes)";
        return bounds.MaxMemoryBytes is { } memory ? $" (with its key and what is kept beside it, it takes more than the {memory:N0} bytes of max-memory)" : "";
    }

    private SetOptions ReadOptions(VerbRun run)
    {
        var version = run.Version(_version);
        return new SetOptions
        {
            TimeToLive = run.Given(_ttl) is not { } text ? null : DurationText.Parse(text) ?? throw new BadInputException($"{_ttl.Name}: must be {DurationText.Allowed}; found '{text}'"),
            Metadata = ReadMetadata(run),
            Condition = version is not null ? SetCondition.IfNewer : run.Has(_ifAbsent) ? SetCondition.IfAbsent : SetCondition.Always,
            Version = version,
        };
    }

    // A text without its name may be a secret that lost it, and is not repeated.
    private Dictionary<string, string> ReadMetadata(VerbRun run)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var text in run.Texts(_metadata))
        {
            var equals = text.IndexOf('=');
            if (equals < 1) throw new BadInputException($"{_metadata.Name}: must be NAME=VALUE, with a name");
            VerbRun.CheckEncoding(text, _metadata.Name, "metadata is UTF-8");
            if (!metadata.TryAdd(text[..equals], text[(equals + 1)..])) throw new BadInputException($"{_metadata.Name}: '{text[..equals]}' is given twice; give it once");
        }

        return metadata;
    }

    private ValueInput OpenValue(VerbRun run)
    {
        var (value, from) = (run.Given(_value), run.Given(_from));
        if (value is not null && from is not null) throw new BadInputException("VALUE and --from exclude each other");
        if (from is not null) return ValueInput.Open(from, _from.Name, run.Console);
        if (value is null) throw new BadInputException("the value is missing: give VALUE, or --from FILE (- is standard input)");
        return new ValueInput(new MemoryStream(Encoding.UTF8.GetBytes(VerbRun.CheckEncoding(value, "VALUE", "give it with --from"))));
    }
}
