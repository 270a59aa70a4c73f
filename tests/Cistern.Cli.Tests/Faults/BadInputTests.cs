using System.Text;

namespace Cistern.Cli.Tests;

/// <summary>Whatever is wrong with what was given: exit 2, one clear line, and what was there before is untouched.</summary>
public sealed class BadInputTests
{
    private const string Before = "what was there before";
    private const string Good = """{"source": {"a": "1"}, "lookups": ["a"]}""";

    public static TheoryData<string, string, string> Configurations => new()
    {
        { "empty file", "", "is empty" },
        { "white space only", "  \n ", ":2:2: not JSON" },
        { "not JSON", "source: a", ":1:1: not JSON" },
        { "a CSV", "key,value\na,1\n", ":1:1: not JSON" },
        { "cut off in a value", """{"source": {"a": "1"}, "lookups": ["a""", "not JSON" },
        { "cut off after a value", """{"source": {"a": "1"}""", "not JSON" },
        { "more after the end", Good + "{}", ":1:41: not JSON" },
        { "comment", """{"source": {} /* none */}""", ":1:15: not JSON" },
        { "trailing comma", """{"source": {"a": "1",}}""", ":1:22: not JSON" },
        { "single quotes", "{'source': {}}", ":1:2: not JSON" },
        { "NaN", """{"source": {}, "miss_threshold": NaN}""", ":1:34: not JSON|no NaN" },
        { "Infinity", """{"source": {}, "miss_threshold": Infinity}""", ":1:34: not JSON" },
        { "minus Infinity", """{"source": {}, "miss_threshold": -Infinity}""", "not JSON" },
        { "raw control character", "{\"source\": {\"a\": \"x\u0001y\"}}", ":1:20: not JSON" },
        { "root is an array", "[]", ": $: must be an object|found an array" },
        { "root is null", "null", ": $: must be an object|found null" },
        { "source is missing", """{"lookups": ["a"]}""", "$.source: is required" },
        { "source is null", """{"source": null}""", "$.source: must be an object|found null" },
        { "source is an array", """{"source": ["a"]}""", "$.source: must be an object|found an array" },
        { "source is a number", """{"source": 5}""", "$.source: must be an object|found 5" },
        { "source key twice", "{\"source\": {\"secret-key\": \"1\",\n \"secret-key\": \"2\"}}", ":2:2: this key is in \"source\" twice" },
        { "source key twice, once escaped", """{"source": {"a": "1", "\u0061": "2"}}""", ":1:23: this key is in \"source\" twice" },
        { "source key with NUL", """{"source": {"a\u0000": "1"}}""", "NUL" },
        { "source key with half a surrogate pair", """{"source": {"\ud800": "1"}}""", "surrogate" },
        { "source key too long", "{\"source\": {\"" + new string('k', 65_537) + "\": \"1\"}}", "65536 bytes" },
        { "value with half a surrogate pair", """{"source": {"a": "\udc00"}}""", ":1:18: |surrogate" },
        { "lookups is an object", """{"source": {}, "lookups": {"a": 1}}""", "$.lookups: must be an array|found an object" },
        { "lookups is a number", """{"source": {}, "lookups": 3}""", "$.lookups: must be an array|found 3" },
        { "a lookup is a number", """{"source": {}, "lookups": ["a", 2]}""", "$.lookups[1]: must be a key, a string; found 2" },
        { "a lookup is null", """{"source": {}, "lookups": [null]}""", "$.lookups[0]: must be a key, a string; found null" },
        { "a lookup is an object", """{"source": {}, "lookups": [{"key": "a"}]}""", "$.lookups[0]: must be a key, a string; found an object" },
        { "a lookup with NUL", """{"source": {}, "lookups": ["\u0000"]}""", "NUL" },
        { "a lookup with half a surrogate pair", """{"source": {}, "lookups": ["x\ud83d"]}""", "surrogate" },
        { "setting twice", """{"source": {}, "min_lookups": 3, "min_lookups": 3}""", ":1:34: \"min_lookups\" is given twice" },
        { "source twice", """{"source": {}, "source": {}}""", ":1:16: \"source\" is given twice" },
        { "unknown key, near another", """{"source": {}, "miss_treshold": 0.5}""", "$.miss_treshold: unknown key; did you mean \"miss_threshold\"?" },
        { "unknown key, near none", """{"source": {}, "colour": "red"}""", "$.colour: unknown key; known are source, lookups, backend, miss_threshold" },
        { "unknown key that would rule a terminal", """{"source": {}, "\u001b[31mred\u202e": 1}""", @"$.\u001b[31mred\u202e: unknown key" },
        { "threshold 0", Setting("miss_threshold", "0"), "$.miss_threshold: must be a number from 0.01 to 1.0; found 0" },
        { "threshold 0.009", Setting("miss_threshold", "0.009"), "$.miss_threshold: must be a number from 0.01 to 1.0; found 0.009" },
        { "threshold 1.01", Setting("miss_threshold", "1.01"), "$.miss_threshold: must be a number from 0.01 to 1.0; found 1.01" },
        { "threshold -0.5", Setting("miss_threshold", "-0.5"), "found -0.5" },
        { "threshold 1e400", Setting("miss_threshold", "1e400"), "found 1e400" },
        { "threshold as a string", Setting("miss_threshold", "\"0.5\""), "$.miss_threshold: must be a number from 0.01 to 1.0; found a string" },
        { "threshold null", Setting("miss_threshold", "null"), "found null" },
        { "threshold true", Setting("miss_threshold", "true"), "found true" },
        { "batch 0", Setting("backfill_batch", "0"), "$.backfill_batch: must be a whole number, at least 1; found 0" },
        { "batch -5", Setting("backfill_batch", "-5"), "$.backfill_batch: must be a whole number, at least 1; found -5" },
        { "batch 2.5", Setting("backfill_batch", "2.5"), "found 2.5" },
        { "batch 3.0", Setting("backfill_batch", "3.0"), "found 3.0" },
        { "batch 1e2", Setting("backfill_batch", "1e2"), "found 1e2" },
        { "batch beyond 32 bits", Setting("backfill_batch", "2147483648"), "found 2147483648" },
        { "batch of a thousand digits", Setting("backfill_batch", new string('9', 1000)), "99999…" },
        { "min_lookups 0", Setting("min_lookups", "0"), "$.min_lookups: must be a whole number, at least 1" },
        { "max_backfills -1", Setting("max_backfills", "-1"), "$.max_backfills: must be a whole number, at least 0, or null (none); found -1" },
        { "capacity 0", Setting("capacity", "0"), "$.capacity: must be a whole number, at least 1, or null (none)" },
        { "eviction random", Setting("eviction", "\"random\""), "$.eviction: must be lru, oldest_added, s3fifo, tiny_lfu or adaptive; found a string" },
        { "eviction 1", Setting("eviction", "1"), "$.eviction: must be lru, oldest_added, s3fifo, tiny_lfu or adaptive; found 1" },
        { "window 0", Setting("window", "0"), "$.window: must be cumulative, a number of lookups from 1, or a duration" },
        { "window without a unit", Setting("window", "\"30\""), "$.window: must be" },
        { "window of 0 s", Setting("window", "\"0s\""), "$.window: must be" },
        { "window beyond a hundred years", Setting("window", "\"99999999999999d\""), "$.window: must be" },
        { "window as a duration without times", Setting("window", "\"30s\""), "$.window: a duration needs lookups with a time" },
        { "cooldown without times", Setting("cooldown", "\"1m\""), "$.cooldown: a duration needs lookups with a time" },
        { "cooldown as a number", Setting("cooldown", "60"), "$.cooldown: must be a duration" },
        { "clear_threshold above the threshold", Setting("clear_threshold", "0.6"), "$.clear_threshold: must be a number from 0 to miss_threshold (0.5); found 0.6" },
        { "clear_threshold negative", Setting("clear_threshold", "-0.1"), "$.clear_threshold: must be" },
        { "exclude_source_misses as a string", Setting("exclude_source_misses", "\"yes\""), "$.exclude_source_misses: must be true or false; found a string" },
        { "backfill_mode unknown", Setting("backfill_mode", "\"eager\""), "$.backfill_mode: must be inline or background" },
        { "on_backend_fault unknown", Setting("on_backend_fault", "\"ignore\""), "$.on_backend_fault: must be throw or bypass" },
        { "backend of no kind", Setting("backend", "\"cache\""), "$.backend: not an address" },
        { "backend of an unknown kind", Setting("backend", "\"couchbase://u:hunter2@host\""), "$.backend: unknown kind of backend 'couchbase'; known: " },
        { "backend with a location", Setting("backend", "\"memory:here\""), "$.backend: memory: has no location" },
        { "backend with an unknown option", Setting("backend", "\"memory:?capcity=5\""), "$.backend: unknown option 'capcity' of memory:; did you mean 'capacity'?" },
        { "backend with a bad size", Setting("backend", "\"memory:?max-size=5TB\""), "$.backend: max-size must be a number of bytes" },
        { "backend with capacity 0", Setting("backend", "\"memory:?capacity=0\""), "$.backend: capacity must be a whole number" },
        { "capacity twice", """{"source": {}, "backend": "memory:?capacity=5", "capacity": 6}""", "$.backend: capacity is given both" },
        { "eviction twice", """{"source": {}, "backend": "memory:?eviction=lru", "eviction": "lru"}""", "$.backend: eviction is given both" },
        { "a fault behind plain lookups", "{\"source\": {},\n\"lookups\": [\"a\",\n\"b\"],\n\"min_lookups\": 3,}", ":4:18: not JSON" },
        { "a key twice behind plain lookups", "{\"lookups\": [\"a\",\n\"b\"],\n\"source\": {\"x\": \"1\",\n \"x\": \"2\"}}", ":4:2: this key" },
        { "lookups cut off", "{\"lookups\": [\"a\", \"b\"", ":1:22: not JSON" },
        { "lookups without a comma", """{"lookups": ["a" "b"]}""", ":1:18: not JSON" },
        { "lookups with a trailing comma", """{"lookups": ["a",]}""", ":1:18: not JSON" },
        { "lookups closed wrongly", """{"lookups": ["a"}""", ":1:17: not JSON" },
        { "a raw line end in a lookup", "{\"lookups\": [\"a\nb\"]}", "not JSON" },
        { "a lookup too long", "{\"source\": {}, \"lookups\": [\"" + new string('k', 65_537) + "\"]}", "65536 bytes" },
        { "deep nesting", """{"source": {"a": """ + new string('[', 100) + new string(']', 100) + "}}", "not JSON: |depth of 64" },
        { "very deep nesting", new string('[', 1_000_000), "must be an object" },
    };

    public static TheoryData<string, byte[], string> Encodings => new()
    {
        { "byte order mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Good)], "byte order mark" },
        { "UTF-16 with a mark", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Good)], "UTF-16" },
        { "UTF-16 without a mark", Encoding.Unicode.GetBytes(Good), "UTF-16" },
        { "UTF-16, big end first", Encoding.BigEndianUnicode.GetBytes(Good), "UTF-16" },
        { "Latin-1", Encoding.Latin1.GetBytes("{\"source\": {\"a\": \"Größe\"}}"), ":1:21: not valid UTF-8" },
        { "a surrogate as UTF-8", [.. "{\"source\": {\"a\": \""u8, 0xED, 0xA0, 0x80, .. "\"}}"u8], ":1:19: not valid UTF-8" },
        { "zeros", new byte[100], "UTF-16" },
    };

    public static TheoryData<string, string[], string> CommandLines => new()
    {
        { "no command", [], "a command is missing" },
        { "unknown command", ["backfil", "--input", "IN"], "unknown command 'backfil'; did you mean 'backfill'?" },
        { "unknown option", ["backfill", "--treshold", "0.5"], "unknown option '--treshold'" },
        { "misspelt option", ["backfill", "--inpt", "IN"], "unknown option '--inpt'; did you mean '--input'?" },
        { "argument without an option", ["backfill", "hunter2"], "an argument without an option" },
        { "option without its value", ["backfill", "--input"], "--input needs a value" },
        { "option twice", ["backfill", "--input", "IN", "--input", "IN"], "--input is given 2 times" },
        { "quiet and verbose", ["backfill", "--quiet", "--verbose"], "exclude each other" },
        { "threshold 0", ["backfill", "--input", "IN", "--miss-threshold", "0"], "--miss-threshold: must be a number from 0.01 to 1.0; found '0'" },
        { "threshold as a word", ["backfill", "--input", "IN", "--miss-threshold", "half"], "--miss-threshold: must be a number" },
        { "threshold NaN", ["backfill", "--input", "IN", "--miss-threshold", "NaN"], "--miss-threshold: must be a number" },
        { "batch negative", ["backfill", "--input", "IN", "--backfill-batch=-3"], "--backfill-batch: must be a whole number, at least 1; found '-3'" },
        { "empty value", ["backfill", "--input", "IN", "--capacity", ""], "--capacity: must be a whole number, at least 1, or null (none); found an empty text" },
        { "window as a duration without times", ["backfill", "--input", "IN", "--window", "30s"], "--window: a duration needs lookups with a time" },
        { "backend with a secret", ["backfill", "--input", "IN", "--backend", "couchbase://user:hunter2@host"], "--backend: unknown kind of backend 'couchbase'" },
        { "Redis with a user", ["backfill", "--input", "IN", "--backend", "redis://user:hunter2@host"], "--backend: users other than 'default' cannot be named" },
        { "memcached without a host", ["backfill", "--input", "IN", "--backend", "memcached://u:hunter2@"], "--backend: " },
        { "PostgreSQL without a host", ["backfill", "--input", "IN", "--backend", "postgres://u:hunter2@"], "--backend: " },
        { "missing input", ["backfill", "--input", "IN.missing"], "IN.missing: no such file" },
        { "missing folder of the input", ["backfill", "--input", "IN.missing/config.json"], "no such file" },
        { "input is a folder", ["backfill", "--input", "DIR"], "DIR: is a folder" },
        { "input is empty", ["backfill", "--input", ""], "--input: must name a file" },
        { "output is a folder", ["backfill", "--input", "IN", "--output", "DIR"], "DIR: is a folder; --output must name a file" },
        { "output ends like a folder", ["backfill", "--input", "IN", "--output", "DIR/new/"], "is a folder" },
        { "output inside a file", ["backfill", "--input", "IN", "--output", "IN/out.json"], "is a file, not a folder" },
        { "output is empty", ["backfill", "--input", "IN", "--output", ""], "--output: must name a file" },
        { "output has a name too long", ["backfill", "--input", "IN", "--output", "DIR/" + new string('n', 300)], "cannot be written" },
        { "results are the output", ["backfill", "--input", "IN", "--results", "OUT"], "--output and --results are the same file" },
        { "audit is the results, not there yet", ["backfill", "--input", "IN", "--results", "DIR/new", "--audit", "DIR/../folder/new"], "--results and --audit are the same file" },
        { "report is the input", ["backfill", "--input", "IN", "--report", "IN"], "--input and --report are the same file" },
        { "audit is a folder", ["backfill", "--input", "IN", "--audit", "DIR"], "--audit must name a file" },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task Configuration_ThatCannotBeUsed_IsRefusedInOneLine(string what, string config, string fragments) =>
        await CheckAsync(what, Encoding.UTF8.GetBytes(config), fragments, ["backfill", "--input", "IN"]);

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Configuration_ThatIsNotPlainUtf8_IsRefusedInOneLine(string what, byte[] config, string fragments) =>
        await CheckAsync(what, config, fragments, ["backfill", "--input", "IN"]);

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task CommandLine_ThatCannotBeUsed_IsRefusedInOneLine(string what, string[] args, string fragments) =>
        await CheckAsync(what, Encoding.UTF8.GetBytes(Good), fragments, args);

    [Fact]
    public async Task Program_BadInput_ExitsWithTwoAndOneLine()
    {
        using var folder = new TempFolder();
        var input = folder.Write("config.json", Setting("miss_threshold", "0"));

        var run = await CliRun.ProgramAsync(["backfill", "--input", input, "--output", folder.At("out.json")]);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal($"cistern: {input}: $.miss_threshold: must be a number from 0.01 to 1.0; found 0\n", run.Error);
        Assert.False(File.Exists(folder.At("out.json")));
    }

    private static string Setting(string name, string value) => $$"""{"source": {"a": "1"}, "lookups": ["a"], "{{name}}": {{value}}}""";

    // IN, OUT and DIR stand for an input, an output with something in it, and a folder.
    private static async Task CheckAsync(string what, byte[] config, string fragments, string[] args)
    {
        using var folder = new TempFolder();
        var input = folder.Write("in.json", config);
        var output = folder.Write("out.json", Before);
        Directory.CreateDirectory(folder.At("folder"));
        string Fill(string text) => text.Replace("IN", input).Replace("OUT", output).Replace("DIR", folder.At("folder"));
        string[] filled = [.. args.Select(Fill), .. args.Contains("--output") ? Array.Empty<string>() : ["--output", output]];

        var run = await CliRun.InProcessAsync(args.Length == 0 ? [] : filled);

        Assert.True(run.ExitCode == 2, $"{what}: exit {run.ExitCode}, {run.Error}");
        Assert.Empty(run.Output);
        Assert.EndsWith("\n", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("cistern: ", run.Error, StringComparison.Ordinal);
        Assert.All(fragments.Split('|'), fragment => Assert.Contains(Fill(fragment), run.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Error.TrimEnd('\n'), char.IsControl);
        Assert.Equal(Before, await File.ReadAllTextAsync(output));
        Assert.Equal(config, await File.ReadAllBytesAsync(input));
        Assert.Equal(3, Directory.GetFileSystemEntries(folder.Path).Length);
        Assert.Empty(Directory.GetFileSystemEntries(folder.At("folder")));
    }
}
