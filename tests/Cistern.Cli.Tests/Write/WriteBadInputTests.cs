using System.Text;

namespace Cistern.Cli.Tests;

/// <summary>Whatever is wrong with what was given to <c>cistern write</c>: exit 2, one clear line, and what was there before is untouched.</summary>
public sealed class WriteBadInputTests
{
    private const string Before = "what was there before";

    public static TheoryData<string, string, string> Configurations => new()
    {
        { "empty file", "", "is empty" },
        { "not JSON", "records: a", ":1:1: not JSON" },
        { "cut off", """{"records": [{"key": "a"}""", "not JSON" },
        { "more after the end", """{"records": []}{}""", ":1:16: not JSON" },
        { "trailing comma in the records", """{"records": [{"key": "a"},]}""", ":1:27: not JSON" },
        { "no comma between records", """{"records": [{"key": "a"} {"key": "b"}]}""", "not JSON" },
        { "a fault behind good records", "{\"records\": [{\"key\": \"a\"},\n{\"key\": nul}]}", ":2:" },
        { "NaN in a record", """{"records": [{"key": "a", "n": NaN}]}""", "not JSON" },
        { "deep nesting", """{"records": [""" + new string('[', 100) + new string(']', 100) + "]}", "not JSON" },
        { "root is an array", "[]", ": $: must be an object|found an array" },
        { "records missing", """{"backends": ["memory"]}""", "$.records: is required" },
        { "records null", """{"records": null}""", "$.records: must be an array of records, or the address of a file; found null" },
        { "records an object", """{"records": {"a": "1"}}""", "$.records: must be an array|found an object" },
        { "records a file of no known kind", """{"records": "records.txt"}""", "$.records: must name a file that ends in .jsonl" },
        { "records a file that is not there", """{"records": "none.jsonl"}""", "There is no such file" },
        { "records twice", """{"records": [], "records": []}""", ":1:17: \"records\" is given twice" },
        { "backends a word", """{"records": [], "backends": "memory"}""", "$.backends: must be an array such as" },
        { "backends empty", """{"records": [], "backends": []}""", "$.backends: must name at least one backend" },
        { "a backend is a number", """{"records": [], "backends": ["memory", 5]}""", "$.backends[1]: must be memory, file, sqlite, or an address|found 5" },
        { "a backend misspelt", """{"records": [], "backends": ["memroy"]}""", "$.backends[0]: unknown backend 'memroy'; did you mean 'memory'?" },
        { "a backend of no kind", """{"records": [], "backends": ["elsewhere"]}""", "$.backends[0]: not an address" },
        { "a backend of an unknown kind", """{"records": [], "backends": ["couchbase://u:hunter2@host"]}""", "$.backends[0]: unknown kind of backend 'couchbase'" },
        { "a backend with an unknown option", """{"records": [], "backends": ["memory:?capcity=5"]}""", "$.backends[0]: unknown option 'capcity' of memory:; did you mean 'capacity'?" },
        { "a backend with a bad option", """{"records": [], "backends": ["memory:?capacity=0"]}""", "$.backends[0]: capacity must be a whole number, at least 1" },
        { "a backend twice", """{"records": [], "backends": ["memory", "memory"]}""", "$.backends[1]: memory is there twice" },
        { "a backend in the place of the output", """{"records": [], "backends": ["file:out.json"]}""", "$.backends[0]: --output and file:out.json are the same file" },
        { "a backend in the place of the input", """{"records": [], "backends": ["file:in.json"]}""", "$.backends[0]: --input and file:in.json are the same file" },
        { "unknown key, near another", """{"records": [], "key_feild": "id"}""", "$.key_feild: unknown key; did you mean \"key_field\"?" },
        { "unknown key, near none", """{"records": [], "colour": "red"}""", "$.colour: unknown key; known are records, backends, key_field" },
        { "unknown key that would rule a terminal", """{"records": [], "\u001b[31mred\u202e": 1}""", @"$.\u001b[31mred\u202e: unknown key" },
        { "key_field empty", """{"records": [], "key_field": ""}""", "$.key_field: must be the name of a field" },
        { "key_field null", """{"records": [], "key_field": null}""", "$.key_field: must be the name of a field; found null" },
        { "two fields of one name", """{"records": [], "value_field": "key"}""", "key_field and value_field name one field" },
        { "on_missing_key unknown", """{"records": [], "on_missing_key": "skip"}""", "$.on_missing_key: must be reject or hash; found a string" },
        { "ttl without a unit", """{"records": [], "ttl": "30"}""", "$.ttl: must be a duration" },
        { "ttl a number", """{"records": [], "ttl": 30}""", "$.ttl: must be a duration|found 30" },
        { "on_failure unknown", """{"records": [], "on_failure": "retry"}""", "$.on_failure: must be continue or stop" },
        { "metadata an array", """{"records": [], "metadata": []}""", "$.metadata: must be an object of strings" },
        { "metadata of numbers", """{"records": [], "metadata": {"a": 1}}""", "$.metadata: must be an object of strings; found 1" },
        { "half a surrogate pair in a setting", """{"records": [], "key_field": "\ud800"}""", "surrogate" },
    };

    public static TheoryData<string, string[], string> CommandLines => new()
    {
        { "misspelt command", ["wirte"], "unknown command 'wirte'; did you mean 'write'?" },
        { "misspelt option", ["write", "--inptu", "IN"], "unknown option '--inptu'; did you mean '--input'?|cistern write --help" },
        { "an option of another command", ["write", "--miss-threshold", "0.5"], "unknown option '--miss-threshold'" },
        { "argument without an option", ["write", "hunter2"], "an argument without an option" },
        { "option without its value", ["write", "--to"], "--to needs a value" },
        { "the second --to without its value", ["write", "--to", "memory", "--to", "--quiet"], "--to needs a value" },
        { "option twice", ["write", "--input", "IN", "--input", "IN"], "--input is given 2 times" },
        { "quiet and verbose", ["write", "--quiet", "--verbose"], "exclude each other" },
        { "missing input", ["write", "--input", "none.json"], "none.json: no such file" },
        { "missing file of records", ["write", "--input", "none.jsonl", "--to", "memory"], "none.jsonl: There is no such file" },
        { "input is empty", ["write", "--input", ""], "--input: must name a file" },
        { "input is a folder", ["write", "--input", "DIR"], "is a folder" },
        { "output is a folder", ["write", "--input", "IN", "--output", "DIR"], "is a folder; --output must name a file" },
        { "output is the input", ["write", "--input", "IN", "--output", "IN"], "--input and --output are the same file" },
        { "to an unknown kind", ["write", "--input", "IN", "--to", "couchbase://u:hunter2@host"], "--to: unknown kind of backend 'couchbase'" },
        { "to nothing", ["write", "--input", "IN", "--to", ""], "--to: not an address" },
        { "fields in the address", ["write", "--input", "jsonl:IN?key=id"], "--input: name the fields by key_field and value_field" },
        { "an unknown option in the address", ["write", "--input", "csv:IN?delimter=;"], "--input: \"delimter\" is not an option of csv:" },
        { "a CSV without the column of the key", ["write", "--input", "csv:CSV"], "no column \"key\", which holds the key" },
        { "metadata from a CSV", ["write", "--input", "csv:CSV", "--key-field", "id", "--metadata-field", "n"], "metadata_field: a CSV file has no metadata" },
        { "file beside no file", ["write", "--input", "IN", "--output", "/dev/null", "--to", "file"], "--to: \"file\" goes beside the output, which is no file" },
        { "ttl none of its kind", ["write", "--input", "IN", "--ttl", "soon"], "--ttl: must be a duration" },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task Configuration_ThatCannotBeUsed_IsRefusedInOneLine(string what, string config, string fragments) =>
        await CheckAsync(what, config, fragments, ["write", "--input", "IN"]);

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task CommandLine_ThatCannotBeUsed_IsRefusedInOneLine(string what, string[] args, string fragments) =>
        await CheckAsync(what, """{"records": []}""", fragments, args);

    [Fact]
    public async Task Backend_ThatCannotBeOpened_IsRefusedAndNothingElseIsLeft()
    {
        using var folder = new TempFolder();
        var arguments = new WriteArguments { Input = folder.Write("in.json", """{"records": []}"""), Output = folder.At("new", "out.json"), To = ["faulty:?unopened=true"] };

        var error = await Assert.ThrowsAsync<BadInputException>(() => WriteRuns.RunAsync(new FaultyScheme(), arguments));

        Assert.Equal("--to: The door is stuck.", error.Message);
        Assert.False(Directory.Exists(folder.At("new")));
    }

    private static async Task CheckAsync(string what, string config, string fragments, string[] args)
    {
        using var folder = new TempFolder();
        var input = folder.Write("in.json", Encoding.UTF8.GetBytes(config));
        folder.Write("rows.csv", "id,n\na,1\n");
        Directory.CreateDirectory(folder.At("folder"));
        var output = folder.Write("out.json", Before);
        string[] full = [.. args.Select(arg => arg.Replace("IN", input).Replace("DIR", folder.At("folder")).Replace("CSV", folder.At("rows.csv")))];
        if (!full.Contains("--output") && full[0] == "write") full = [.. full, "--output", output];

        var run = await CliRun.InProcessAsync(full);

        Assert.True(run.ExitCode == 2, $"{what}: exit code {run.ExitCode}: {run.Error}");
        Assert.Empty(run.Output);
        Assert.Equal(1, run.Error.Count(unit => unit == '\n'));
        Assert.StartsWith("cistern: ", run.Error, StringComparison.Ordinal);
        Assert.All(fragments.Split('|'), fragment => Assert.Contains(fragment, run.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        Assert.Equal(Before, File.ReadAllText(output));
        Assert.Equal(config, File.ReadAllText(input));
        Assert.Equal(4, Directory.GetFileSystemEntries(folder.Path).Length);
    }
}
