using System.Text.Json;

namespace Cistern.Cli.Tests;

/// <summary>The guide's page of the command line leaves nothing out.</summary>
public sealed class CommandLineGuideTests : IDisposable
{
    private static readonly string Guide = File.ReadAllText(Repository.File("docs", "guide", "command-line.md"));

    private readonly VerbRig _rig = new();

    public static TheoryData<string> Verbs => [.. Commands.Names.Where(name => Commands.Build(name, []) is Verb)];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Guide_OfAVerb_HasItsHeadingItsExampleAndEveryOption(string name)
    {
        Assert.Contains($"\n## {name}\n", Guide, StringComparison.Ordinal);
        Assert.Contains($"cistern {name} ", Guide, StringComparison.Ordinal);
        Assert.All(Commands.Build(name, [])!.Command.Options, option => Assert.Contains(option.Name, Guide, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("get", "kept:a", "key")]
    [InlineData("set", "kept:a", "key", "x")]
    [InlineData("delete", "kept:a", "key")]
    [InlineData("delete", "kept:a", "--pattern", "*", "--yes")]
    [InlineData("exists", "kept:a", "key")]
    [InlineData("stats", "kept:a")]
    [InlineData("clear", "kept:a", "--yes")]
    [InlineData("inspect", "kept:a", "key")]
    [InlineData("copy", "kept:a", "kept:b")]
    [InlineData("verify", "kept:a")]
    [InlineData("replay", "-")]
    [InlineData("replay", "-", "--max-size", "1KB")]
    [InlineData("replay", "-", "--max-memory", "1KB")]
    public async Task Json_OfAVerb_HasOnlyNamesThatTheGuideTells(params string[] args)
    {
        await _rig.WriteAsync("key", "x");
        _rig.Input = "a\nb\na\n"u8.ToArray();
        _rig.Schemes.Findings.Add(new BackendFinding("here", "something"));

        var (_, json) = await _rig.JsonAsync(args);

        var section = Guide[Guide.IndexOf($"\n## {args[0]}\n", StringComparison.Ordinal)..];
        section = section[..(section.IndexOf("\n## ", 1, StringComparison.Ordinal) is > 0 and var end ? end : section.Length)];
        Assert.All(Names(json), name => Assert.Contains($"`{name}`", section, StringComparison.Ordinal));
    }

    // What is inside metadata is the user's own.
    private static IEnumerable<string> Names(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(field => field.Name == "metadata" ? [field.Name] : Names(field.Value).Prepend(field.Name)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Names),
        _ => [],
    };
}
