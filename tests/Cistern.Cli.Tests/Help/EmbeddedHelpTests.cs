using System.Text;

namespace Cistern.Cli.Tests;

public sealed class EmbeddedHelpTests
{
    [Fact]
    public void Help_OfTheProgram_IsWhatTheDefinitionsRender() => Approval.Check(HelpRenderer.Root(), "src", "apps", "Cistern.Cli", "Help", "cistern.txt");

    public static TheoryData<string> Names => [.. Commands.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Help_OfACommand_IsWhatItsDefinitionRenders(string name) => Approval.Check(HelpRenderer.Of(name), "src", "apps", "Cistern.Cli", "Help", name + ".txt");

    [Theory]
    [MemberData(nameof(Names))]
    public void Help_OfACommand_IsFoundInEveryWay(string name)
    {
        var text = File.ReadAllText(Repository.File("src", "apps", "Cistern.Cli", "Help", name + ".txt"));

        Assert.All(new string[][] { [name, "--help"], [name, "-h"], ["help", name], [name, "memory:", "x", "--help"] }, args => Assert.Equal(text, Encoding.UTF8.GetString(ReadAll(EmbeddedHelp.Find(args)!))));
    }

    [Theory]
    [InlineData("get", "memory:", "--", "--help")]
    [InlineData("help", "cistern")]
    [InlineData("nothing", "--help")]
    [InlineData("get")]
    public void Help_NotAskedFor_IsNotFound(params string[] args) => Assert.Null(EmbeddedHelp.Find(args));

    [Theory]
    [InlineData("cistern.txt", "--help")]
    [InlineData("cistern.txt", "-h")]
    [InlineData("cistern.txt", "help")]
    [InlineData("backfill.txt", "backfill", "--help")]
    [InlineData("backfill.txt", "help", "backfill")]
    [InlineData("backfill.txt", "backfill", "--input", "x.json", "-h")]
    [InlineData("write.txt", "write", "--help")]
    [InlineData("write.txt", "help", "write")]
    public async Task Help_AskedFor_IsPrintedAndTheProgramIsDone(string text, params string[] args)
    {
        var run = await CliRun.InProcessAsync(args);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(File.ReadAllText(Repository.File("src", "apps", "Cistern.Cli", "Help", text)), run.Output);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Version_AskedFor_IsOneLine()
    {
        var run = await CliRun.ProgramAsync(["--version"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("^cistern [0-9]+\\.[0-9]+\\.[0-9]+\n$", run.Output);
    }

    [Fact]
    public async Task Help_OfTheProgram_LoadsNeitherParserNorTables()
    {
        var run = await CliRun.ProgramAsync(["--help"], new() { ["DOTNET_STARTUP_HOOKS"] = typeof(EmbeddedHelpTests).Assembly.Location });

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("System.CommandLine", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Spectre.Console", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_HasAnOptionForEveryRowOfTheTable()
    {
        var help = Encoding.UTF8.GetString(ReadAll(EmbeddedHelp.Find(["backfill", "--help"])!));

        Assert.All(BackfillSettingTable.Rows, row => Assert.Contains(row.OptionName + " ", help, StringComparison.Ordinal));
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
