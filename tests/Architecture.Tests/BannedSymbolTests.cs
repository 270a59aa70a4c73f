using System.Xml.Linq;

namespace Cistern.Tests;

/// <summary>The wall clock is a banned symbol in every source project, and the list says what it means to say.</summary>
public sealed class BannedSymbolTests
{
    private static readonly string[] Symbols = [.. Repository.Read("BannedSymbols.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(';')[0])];

    public static TheoryData<string> Banned => [.. Symbols];

    [Theory]
    [MemberData(nameof(Banned))]
    public void BannedSymbol_EachLine_NamesAMemberThatExists(string symbol)
    {
        // A misspelt line would ban nothing, in silence.
        var member = symbol[2..].Split('(')[0];
        var dot = member.LastIndexOf('.') is var last && member.EndsWith(".#ctor", StringComparison.Ordinal) ? member.LastIndexOf(".#ctor", StringComparison.Ordinal) : last;
        var type = typeof(object).Assembly.GetType(member[..dot]);
        Assert.NotNull(type);
        Assert.Contains(type.GetMembers(), candidate => DocumentationId.Of(candidate) == symbol);
    }

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.TimeSpan)")]
    [InlineData("M:System.Threading.Thread.Sleep(System.Int32)")]
    public void BannedSymbol_TheWallClock_IsListed(string symbol) => Assert.Contains(symbol, Symbols);

    [Fact]
    public void BannedSymbols_EveryProject_IsGivenTheList()
    {
        var props = XDocument.Parse(Repository.Read("Directory.Build.props"));
        Assert.Contains(props.Descendants("AdditionalFiles"), file => file.Attribute("Include")?.Value.EndsWith("BannedSymbols.txt", StringComparison.Ordinal) == true);
        Assert.Contains(props.Descendants("PackageReference"), package => package.Attribute("Include")?.Value == "Microsoft.CodeAnalysis.BannedApiAnalyzers");

        // A nearer props file would replace the root's, and a removal would undo it.
        Offenders.None(Repository.Files("src", "Directory.Build.*"));
        Offenders.None(Repository.Files("src", "*.csproj").Where(path => Repository.Read(path).Contains("AdditionalFiles Remove", StringComparison.Ordinal) || Repository.Read(path).Contains("RS0030", StringComparison.Ordinal)));
        Assert.DoesNotContain("RS0030", Repository.Read(".editorconfig"));
    }

    [Fact]
    public void BannedSymbols_InSource_AreNotLetThrough() =>
        Offenders.None(Repository.Files("src", "*.cs").Where(path => Repository.Read(path).Contains("RS0030", StringComparison.Ordinal)));
}
