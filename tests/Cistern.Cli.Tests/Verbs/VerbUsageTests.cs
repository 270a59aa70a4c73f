namespace Cistern.Cli.Tests;

/// <summary>Whatever is wrong with the command line of a verb: exit 2, one clear line, nothing printed, nothing opened, no secret shown.</summary>
public sealed class VerbUsageTests : IDisposable
{
    private readonly VerbRig _rig = new();

    public static TheoryData<string, string[]> CommandLines => new()
    {
        { "ADDRESS is missing; the arguments are ADDRESS KEY", ["get"] },
        { "KEY is missing; the arguments are ADDRESS KEY", ["get", "kept:a"] },
        { "an argument too many; the arguments are ADDRESS KEY", ["get", "kept:a", "key", "hunter2"] },
        { "unknown option '--outptu'; did you mean '--output'?", ["get", "kept:a", "key", "--outptu", "x"] },
        { "unknown option '--hunter'; an argument that begins with a dash goes after --", ["get", "kept:a", "--hunter=hunter2"] },
        { "unknown option '-k'", ["get", "kept:a", "-k"] },
        { "--output needs a value", ["get", "kept:a", "key", "--output"] },
        { "--output needs a value", ["get", "kept:a", "key", "--output", "--json"] },
        { "--output is given 2 times; give it once", ["get", "kept:a", "key", "--output", "x", "--output", "y"] },
        { "--output and --json exclude each other", ["get", "kept:a", "key", "--output", "x", "--json"] },
        { "--output: must name a file", ["get", "kept:a", "key", "--output", ""] },
        { "is a folder; --output must name a file", ["get", "kept:a", "key", "--output", "/"] },
        { "ADDRESS: not an address; an address is scheme:location?option=value", ["get", "hunter2", "key"] },
        { "ADDRESS: not an address; an address is scheme:location?option=value, for example memory:?capacity=1000; did you mean 'memory:'?", ["get", "memori", "key"] },
        { "ADDRESS: not an address", ["get", "", "key"] },
        { "ADDRESS: unknown kind of backend 'memry'; did you mean 'memory:'?", ["get", "memry:", "key"] },
        { "ADDRESS: unknown kind of backend 'oracle'; known: ", ["get", "oracle://scott:hunter2@host/db", "key"] },
        { "ADDRESS: unknown option 'capactiy' of memory:; did you mean 'capacity'?", ["stats", "memory:?capactiy=5"] },
        { "ADDRESS: capacity must be a whole number, at least 1", ["stats", "memory:?capacity=0"] },
        { "ADDRESS: max-size must be a number of bytes", ["stats", "memory:?max-size=hunter2"] },
        { "ADDRESS: memory: has no location", ["stats", "memory:hunter2"] },
        { "ADDRESS: an option without a name or a value", ["stats", "memory:?hunter2"] },
        { "ADDRESS: the option 'capacity' is given twice", ["stats", "memory:?capacity=1&capacity=2"] },
        { "ADDRESS: kept: must name one", ["stats", "kept:"] },
        { "the value is missing: give VALUE, or --from FILE", ["set", "kept:a", "key"] },
        { "VALUE and --from exclude each other", ["set", "kept:a", "key", "hunter2", "--from", "-"] },
        { "no such file; --from must name one", ["set", "kept:a", "key", "--from", "/nowhere/value"] },
        { "is a folder; --from must name a file", ["set", "kept:a", "key", "--from", "/"] },
        { "--from: must name a file, or be -", ["set", "kept:a", "key", "--from", ""] },
        { "--ttl: must be a duration such as 500ms, 30s, 5m, 1h or 1d; found '5'", ["set", "kept:a", "key", "x", "--ttl", "5"] },
        { "--ttl: must be a duration", ["set", "kept:a", "key", "x", "--ttl", "0s"] },
        { "--ttl: must be a duration", ["set", "kept:a", "key", "x", "--ttl", "-5m"] },
        { "--ttl: must be a duration", ["set", "kept:a", "key", "x", "--ttl", "99999999999999999999d"] },
        { "--metadata: must be NAME=VALUE, with a name", ["set", "kept:a", "key", "x", "--metadata", "hunter2"] },
        { "--metadata: must be NAME=VALUE, with a name", ["set", "kept:a", "key", "x", "--metadata", "=hunter2"] },
        { "--metadata: 'a' is given twice", ["set", "kept:a", "key", "x", "--metadata", "a=1", "--metadata", "a=2"] },
        { "--metadata needs a value", ["set", "kept:a", "key", "x", "--metadata", "a=1", "--metadata"] },
        { "--metadata needs a value", ["set", "kept:a", "key", "x", "--metadata", "--json"] },
        { "an argument too many", ["set", "kept:a", "key", "x", "--metadata", "a=1", "b=hunter2"] },
        { "--version: must be a whole number of 64 bits; found '1.5'", ["set", "kept:a", "key", "x", "--version", "1.5"] },
        { "--version: must be a whole number of 64 bits", ["set", "kept:a", "key", "x", "--version", "9223372036854775808"] },
        { "--if-absent and --version exclude each other", ["set", "kept:a", "key", "x", "--version", "1", "--if-absent"] },
        { "VALUE: is not UTF-8, or holds U+FFFD", ["set", "kept:a", "key", "x\uFFFD"] },
        { "--metadata: is not UTF-8, or holds U+FFFD", ["set", "kept:a", "key", "x", "--metadata", "a=\uFFFD"] },
        { "KEY: is not UTF-8, or holds U+FFFD, which cannot be told apart here", ["set", "kept:a", "\uFFFD", "x"] },
        { "KEY: is not UTF-8", ["get", "kept:a", "\uFFFD"] },
        { "KEY: is not UTF-8", ["inspect", "kept:a", "\uFFFD"] },
        { "KEY: is not UTF-8", ["exists", "kept:a", "key", "\uFFFD"] },
        { "KEY: is not UTF-8", ["delete", "kept:a", "key", "\uFFFD"] },
        { "the pattern: is not UTF-8, or holds U+FFFD, which cannot be told apart here; ? stands for any character", ["delete", "kept:a", "--pattern", "\uFFFD*", "--yes"] },
        { "the key cannot be one: A key must have at most 65536 bytes", ["set", "kept:a", new string('x', 65537), "x"] },
        { "the keys are missing: give KEY, or --pattern GLOB", ["delete", "kept:a"] },
        { "KEY and --pattern exclude each other", ["delete", "kept:a", "key", "--pattern", "*", "--yes"] },
        { "the pattern '[a' is malformed", ["delete", "kept:a", "--pattern", "[a", "--yes"] },
        { "unknown option '--ye'; did you mean '--yes'?", ["delete", "kept:a", "key", "--ye"] },
        { "--version: must be a whole number", ["delete", "kept:a", "key", "--version", "new"] },
        { "clear asks first, and there is no terminal to ask on; --yes agrees beforehand", ["clear", "kept:a"] },
        { "KEY is missing", ["exists", "kept:a"] },
        { "the pattern '\\' is malformed", ["keys", "kept:a", "\\"] },
        { "--limit: must be a whole number, at least 1; found '0'", ["keys", "kept:a", "--limit", "0"] },
        { "--limit: must be a whole number, at least 1; found '-3'", ["keys", "kept:a", "--limit", "-3"] },
        { "--json and --print0 exclude each other", ["keys", "kept:a", "--json", "--print0"] },
        { "an argument too many", ["stats", "kept:a", "hunter2"] },
        { "TO is missing; the arguments are FROM TO", ["copy", "kept:a"] },
        { "TO: unknown kind of backend 'kep'; did you mean 'kept:'?", ["copy", "kept:a", "kep:b"] },
        { "FROM: not an address", ["copy", "hunter2", "kept:b"] },
        { "--overwrite and --if-absent exclude each other", ["copy", "kept:a", "kept:b", "--overwrite", "--if-absent"] },
        { "the pattern '[' is malformed", ["copy", "kept:a", "kept:b", "--pattern", "["] },
        { "ADDRESS: memory: keeps nothing that could be verified", ["verify", "memory:"] },
        { "ADDRESS: unknown kind of backend 'fil'", ["verify", "fil:x"] },
        { "unknown command 'gett'; did you mean 'get'?", ["gett", "kept:a", "key"] },
        { "unknown command 'kept'", ["kept:hunter2"] },
        { "unknown option '--json'; a command comes first", ["--json", "get", "kept:a", "key"] },
        { "a command is missing", [] },
    };

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task CommandLine_ThatCannotBeUsed_IsRefusedInOneLine(string fragment, string[] args)
    {
        await _rig.WriteAsync("key", "before");

        var run = await _rig.RunAsync(args);

        Assert.True(run.ExitCode == 2, $"exit {run.ExitCode}: {run.Error}");
        Assert.Empty(run.Output);
        Assert.StartsWith("cistern: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(fragment, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal("before", await _rig.ReadAsync("key"));
    }

    [Fact]
    public async Task UnknownOption_ThatCouldLie_IsEscaped()
    {
        var run = await _rig.RunAsync("get", "kept:a", "--\u001b[2J\u202e\n");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("\\u001b[2J\\u202e\\u000a", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_OfABackend_DoesNotShowTheSecretsOfItsAddress()
    {
        _rig.Schemes.Faults["a"] = new IOException("gone");

        foreach (var verb in new string[][] { ["get", "A", "k"], ["set", "A", "k", "v"], ["delete", "A", "k"], ["exists", "A", "k"], ["keys", "A"], ["stats", "A"], ["clear", "A", "--yes"], ["inspect", "A", "k"], ["copy", "A", "kept:b"], ["copy", "kept:b", "A"], ["verify", "A"] })
        {
            var run = await _rig.RunAsync([.. verb.Select(arg => arg == "A" ? "kept:a?password=hunter2" : arg)]);

            Assert.DoesNotContain("hunter2", run.Output + run.Error, StringComparison.Ordinal);
            Assert.True(run.ExitCode == (verb[0] == "verify" ? 2 : 1) || verb is ["copy", "kept:b", ..], $"{verb[0]}: exit {run.ExitCode}, {run.Error}");
        }
    }
}
