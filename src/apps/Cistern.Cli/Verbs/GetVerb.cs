using System.CommandLine;
using System.Text;

namespace Cistern.Cli;

/// <summary><c>cistern get</c>: the bytes of a value, as they are, to standard output or a file.</summary>
internal sealed class GetVerb : Verb
{
    private const string StandardOutput = "-";

    private readonly Argument<string> _address = AddressArgument();
    private readonly Argument<string> _key = One("KEY", "the key");
    private readonly Option<string?> _output = Named("--output", "FILE", "write the value there; - is standard output, even a terminal");

    public GetVerb() : base("get", "Read the value of a key.") => Declare([_address, _key], _output);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        var key = run.Key(_key);
        var file = run.Given(_output);
        if (file is not null && run.IsJson) throw new BadInputException("--output and --json exclude each other: a file gets the value alone");
        var path = file is null or StandardOutput ? null : OutputPath.Check(file, _output.Name);
        if (path is not null) CheckApart(run, path);
        byte[]? value;
        var backend = await run.OpenAsync(_address, isReadOnly: true).ConfigureAwait(false);
        await using (backend.ConfigureAwait(false)) value = await backend.GetAsync(key, run.CancellationToken).ConfigureAwait(false);

        if (run.IsJson) PrintJson(run, key, value);
        if (value is null) run.Note($"no such key: '{key}'");
        else if (path is not null) Write(path, value, run);
        else if (!run.IsJson) Print(run, value, isRaw: file == StandardOutput);
        return value is null ? ExitCode.Failed : ExitCode.Done;
    }

    // The value would replace the store that it comes from.
    private void CheckApart(VerbRun run, OutputPath path)
    {
        var claims = new FileClaims();
        run.Claim(claims, _address, isReadOnly: true);
        claims.Write(_output.Name, path);
    }

    private static void PrintJson(VerbRun run, string key, byte[]? value) => run.PrintJson(json =>
    {
        json.Add("key", key).Add("found", value is not null);
        if (value is not null) json.Add("size_bytes", value.Length).AddValue("value", value);
    });

    private static void Print(VerbRun run, byte[] value, bool isRaw)
    {
        // Bytes that were stored by anybody could lie on a terminal; whoever wants them there says so.
        if (!isRaw && run.Console.OutputIsTerminal) value = Encoding.UTF8.GetBytes(ValueText.Lines(value) + (value is [.., (byte)'\n'] ? "" : "\n"));
        run.Console.Output.Write(value);
        run.Console.Output.Flush();
    }

    private static void Write(OutputPath path, byte[] value, VerbRun run)
    {
        using var file = OutputFile.Create(path);
        file.Write(value, 0);
        file.Settle();
        file.Publish();
        if (path.IsStandardOutput) file.CopyTo(run.Console.Output, run.Console.OutputDescriptor);
    }
}
