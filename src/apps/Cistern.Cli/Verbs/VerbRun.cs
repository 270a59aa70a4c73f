using System.CommandLine;

namespace Cistern.Cli;

/// <summary>One run of a verb: what was asked for, and how the answer is told.</summary>
/// <param name="result">The parsed command line.</param>
/// <param name="surroundings">Where it runs.</param>
/// <param name="cancellationToken">Interrupts it.</param>
internal sealed class VerbRun(ParseResult result, Surroundings surroundings, CancellationToken cancellationToken)
{
    private const char ReplacementCharacter = '\uFFFD';

    /// <summary>Whether the answer is JSON.</summary>
    public required bool IsJson { get; init; }

    /// <summary>Whether only what was asked for is told.</summary>
    public required bool IsQuiet { get; init; }

    public required bool NoColor { get; init; }

    public CancellationToken CancellationToken => cancellationToken;

    public ConsoleStreams Console => surroundings.Console;

    public TimeProvider TimeProvider => surroundings.TimeProvider;

    /// <summary>The clock's instant now.</summary>
    public DateTimeOffset Now => TimeProvider.GetUtcNow();

    public string Text(Argument<string> argument) => result.GetRequiredValue(argument);

    /// <summary>What may be left out; null: it was.</summary>
    public string? Given(Argument<string?> argument) => result.GetValue(argument);

    /// <inheritdoc cref="Given(Argument{string})"/>
    public string? Given(Option<string?> option) => result.GetValue(option);

    public string[] Texts(Argument<string[]> argument) => result.GetValue(argument) ?? [];

    public string[] Texts(Option<string[]> option) => result.GetValue(option) ?? [];

    public bool Has(Option<bool> option) => result.GetValue(option);

    /// <summary>A key that every backend takes.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public string Key(Argument<string> argument) => CheckKey(Text(argument));

    /// <inheritdoc cref="Key"/>
    public string[] Keys(Argument<string[]> argument) => [.. Texts(argument).Select(CheckKey)];

    /// <summary>A glob over keys.</summary>
    /// <exception cref="BadInputException">It is malformed.</exception>
    public static string Pattern(string text) =>
        KeyPattern.TryParse(CheckEncoding(text, "the pattern", "? stands for any character"), out _, out var reason) ? text : throw new BadInputException($"the pattern '{text}' is malformed: {reason}");

    /// <summary>A version.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public long? Version(Option<string?> option) => Given(option) is not { } text ? null
        : long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out var version) ? version
        : throw new BadInputException($"{option.Name}: must be a whole number of 64 bits; found '{text}'");

    /// <summary>A whole number of at least 1.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public long? Count(Option<string?> option) => Given(option) is not { } text ? null
        : long.TryParse(text, System.Globalization.NumberStyles.None, null, out var count) && count >= 1 ? count
        : throw new BadInputException($"{option.Name}: must be a whole number, at least 1; found '{text}'");

    /// <summary>A number of bytes, at least 1.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public long? Bytes(Option<string?> option) => Given(option) is not { } text ? null
        : ByteSizeText.Parse(text) ?? throw new BadInputException($"{option.Name}: must be {ByteSizeText.Allowed}; found '{text}'");

    /// <summary>Refuses two options that cannot both be meant.</summary>
    /// <exception cref="BadInputException">Both are there.</exception>
    public void Exclude(Option one, Option other)
    {
        if (result.GetResult(one) is { Implicit: false } && result.GetResult(other) is { Implicit: false }) throw new BadInputException($"{one.Name} and {other.Name} exclude each other");
    }

    /// <summary>An address.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public BackendAddress Address(Argument<string> argument) => AddressOpener.Parse(Text(argument), argument.HelpName!, surroundings.Schemes);

    /// <summary>Opens the backend that an argument names; the caller disposes it.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="isReadOnly">Whether it is only read: then no entry and no store is created, and a writer beside it is not disturbed.</param>
    /// <param name="mustExist">Whether something must be there: a place that is not is then not begun.</param>
    /// <exception cref="BadInputException">It cannot be opened.</exception>
    public ValueTask<CacheBackend> OpenAsync(Argument<string> argument, bool isReadOnly, bool mustExist = false) =>
        AddressOpener.OpenAsync(Address(argument), argument.HelpName!, surroundings.Schemes, surroundings.Opening(isReadOnly) with { MustExist = mustExist }, cancellationToken);

    /// <summary>Refuses two backends that have a file in common, of which the second one is written.</summary>
    /// <exception cref="BadInputException">They have.</exception>
    public void CheckApart(Argument<string> from, Argument<string> to)
    {
        var claims = new FileClaims();
        Claim(claims, from, isReadOnly: true);
        Claim(claims, to, isReadOnly: false);
    }

    /// <summary>Adds the files of the backend that an argument names to those of the run.</summary>
    /// <param name="claims">The files of the run.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="isReadOnly">Whether it is only read.</param>
    /// <exception cref="BadInputException">The address names nothing that can be opened, or somebody else has one of its files.</exception>
    public void Claim(FileClaims claims, Argument<string> argument, bool isReadOnly) =>
        claims.Own(argument.HelpName!, argument.HelpName!, AddressOpener.FindFiles(Address(argument), argument.HelpName!, surroundings.Schemes, surroundings.Opening(isReadOnly)), isReadOnly);

    /// <summary>Checks the place that an argument names.</summary>
    /// <param name="argument">The argument.</param>
    /// <exception cref="BadInputException">The address names nothing that can be checked, or it cannot be read.</exception>
    public async ValueTask<BackendVerification> VerifyAsync(Argument<string> argument)
    {
        var address = Address(argument);
        try
        {
            return surroundings.Schemes.Find(address) is IVerifiableScheme scheme
                ? await scheme.VerifyAsync(address, surroundings.Opening(isReadOnly: true), cancellationToken).ConfigureAwait(false)
                : throw new BadInputException($"{argument.HelpName}: {address.Scheme}: keeps nothing that could be verified; file: and sqlite: do");
        }
        catch (Exception error) when (error is FormatException or CacheBackendException)
        {
            throw new BadInputException($"{argument.HelpName}: {error.Message}", error);
        }
    }

    /// <summary>Says a note for people.</summary>
    public void Note(string line)
    {
        if (!IsQuiet) Console.Say($"cistern: {line}");
    }

    /// <summary>Prints an answer of one line; quiet runs answer by their exit code alone.</summary>
    public void Answer(string line)
    {
        if (!IsQuiet) Print(line);
    }

    /// <summary>Prints an answer about one thing, after a tab.</summary>
    public void Answer(string answer, string about)
    {
        if (!IsQuiet) Write($"{answer}\t{TerminalText.Escape(about)}\n");
    }

    /// <summary>Prints one line of what was asked for.</summary>
    public void Print(string line) => Write(TerminalText.Escape(line) + "\n");

    /// <summary>Prints one JSON object.</summary>
    public void PrintJson(Action<ResultJson> write)
    {
        var json = new ResultJson();
        write(json);
        Console.Output.Write(json.Close());
    }

    private void Write(string text) => Console.Output.Write(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Refuses a text that is perhaps not the one that was meant: the runtime puts U+FFFD where an argument was not UTF-8, so that many become one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is.</param>
    /// <param name="instead">What to do instead.</param>
    /// <exception cref="BadInputException">It holds U+FFFD.</exception>
    public static string CheckEncoding(string text, string what, string instead) => text.Contains(ReplacementCharacter)
        ? throw new BadInputException($"{what}: is not UTF-8, or holds U+FFFD, which cannot be told apart here; {instead}")
        : text;

    private static string CheckKey(string key) => CacheKey.Explain(CheckEncoding(key, "KEY", "keys are UTF-8")) is { } reason ? throw new BadInputException($"the key cannot be one: {reason}") : key;
}
