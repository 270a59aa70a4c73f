using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Cistern.Cli.Tests;

public sealed class ReplayPageTests
{
    [Theory]
    [InlineData("abacabbca", "1,2,3")]
    [InlineData("abacabbca", "2")]
    [InlineData("abcd", "1,2,4")]
    [InlineData("a", "1")]
    [InlineData("aaaaaaaaab", "50%,100%")]
    public async Task Write_AnyLog_IsWellFormedAndNamesNoOtherPlace(string keys, string capacities)
    {
        var page = Write(await ReplayLogs.ReplayAsync(ReplayLogs.OfText(keys), capacities, [.. EvictionModeText.All]));
        var document = XDocument.Parse(page);

        Assert.DoesNotContain("{{", page);
        Assert.DoesNotContain("NaN", page);
        Assert.DoesNotContain("∞", page);
        Assert.DoesNotMatch("(?i)https?:|url\\(|@import|//[a-z]", page);
        Assert.DoesNotContain(document.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "embed" or "base");
        Assert.DoesNotContain(document.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href" or "style" || attribute.Name.LocalName.StartsWith("on"));
        Assert.All(document.Descendants("th"), header => Assert.NotNull(header.Attribute("scope")));
        Assert.All(document.Descendants().Where(element => element.Attribute("role")?.Value == "img"), picture => Assert.NotEmpty(picture.Attribute("aria-label")?.Value ?? ""));
    }

    [Fact]
    public async Task Write_Picture_HasALineForEachPolicyThroughItsPoints()
    {
        var document = XDocument.Parse(Write(await ReplayLogs.ReplayAsync(ReplayLogs.OfText("abacabbca"), "1,2,3", EvictionMode.Lru, EvictionMode.OldestAdded)));

        var picture = Assert.Single(document.Descendants("svg"), svg => svg.Attribute("role")?.Value == "img");
        Assert.Equal(["optimum", "oldest_added", "lru"], picture.Elements("g").Where(group => group.Descendants("polyline").Any()).Select(group => group.Attribute("class")!.Value));
        Assert.Equal(["lru", "oldest_added", "optimum"], document.Descendants("ul").Single().Elements("li").Select(entry => entry.Value));
        Assert.Equal("lru, 2: 33.33 %", picture.Descendants("title").Select(title => title.Value).Single(title => title.StartsWith("lru, 2:")));

        // Hit ratios of 11, 33 and 67 % on an axis to 80 %; capacities on a logarithmic one.
        var line = picture.Elements("g").Single(group => group.Attribute("class")!.Value == "lru" && group.Descendants("polyline").Any()).Descendants("polyline").Single();
        Assert.Equal("0,8611 6309,5833 10000,1667", line.Attribute("points")!.Value.Trim());
    }

    [Fact]
    public async Task Write_Table_HasEveryFigureAndTheBestInBold()
    {
        var document = XDocument.Parse(Write(await ReplayLogs.ReplayAsync(ReplayLogs.OfText("abacabbca"), "2,3", EvictionMode.Lru, EvictionMode.OldestAdded)));

        var rows = document.Descendants("tbody").Single().Elements("tr").ToArray();
        Assert.Equal(
            ["2|lru|33.33 %|3|4|2", "2|oldest_added|22.22 %|2|5|2", "2|optimum|55.56 %|5|–|–", "3|lru|66.67 %|6|0|3", "3|oldest_added|66.67 %|6|0|3", "3|optimum|66.67 %|6|–|–"],
            rows.Select(row => string.Join('|', row.Elements().Take(6).Select(cell => cell.Value))));
        Assert.Equal([true, false, false, true, true, false], rows.Select(row => row.Elements().ElementAt(1).Attribute("class")!.Value == "best"));
        Assert.Equal(["Requests|9|900 bytes of values", "Distinct keys|3", "Footprint|300 bytes|the values of all keys, by a given size"], document.Descendants("dl").Single().Elements("div").Select(figure => string.Join('|', figure.Elements().Select(part => part.Value))));
    }

    [Fact]
    public async Task Write_Policy_AllowsItsOwnStyleOnly()
    {
        var document = XDocument.Parse(Write(await ReplayLogs.ReplayAsync(ReplayLogs.OfText("aa"), "1", EvictionMode.Lru)), LoadOptions.PreserveWhitespace);

        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(document.Descendants("style").Single().Value)));
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'",
            document.Descendants("meta").Single(meta => meta.Attribute("http-equiv")?.Value == "Content-Security-Policy").Attribute("content")?.Value);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>.log")]
    [InlineData("\"'><img src=x onerror=alert(1)>")]
    [InlineData("{{style}} &amp; ]]> <!--")]
    public async Task Write_HostileName_IsShownAsItIs(string name)
    {
        var report = await ReplayLogs.ReplayAsync(ReplayLogs.OfText("aab"), "1", EvictionMode.Lru) with { Log = name };

        foreach (var reports in new ReplayReport[][] { [report], [report, report] })
        {
            var document = XDocument.Parse(Write(reports));
            Assert.Empty(document.Descendants("script"));
            Assert.Empty(document.Descendants("img"));
            Assert.Contains(document.Descendants(reports.Length == 1 ? "h1" : "h2"), heading => heading.Value.EndsWith(Path.GetFileName(name), StringComparison.Ordinal));
            Assert.All(document.Descendants("div").Where(part => part.Attribute("role") is not null), part => Assert.Equal($"The figures of {name}", part.Attribute("aria-label")!.Value));
        }
    }

    [Fact]
    public async Task Write_SeveralLogs_BeginsWithTheirMean()
    {
        var one = await ReplayLogs.ReplayAsync(ReplayLogs.OfText("abacabbca"), "100%", EvictionMode.Lru) with { Log = "one" };
        var other = await ReplayLogs.ReplayAsync(ReplayLogs.OfText("abcd"), "100%", EvictionMode.Lru) with { Log = "other" };

        var document = XDocument.Parse(Write(one, other));

        Assert.Equal("Hit ratios of 2 logs", document.Descendants("h1").Single().Value);
        Assert.Equal(["The mean of all", "one", "other"], document.Descendants("h2").Select(heading => heading.Value));
        Assert.Contains(document.Descendants("title"), title => title.Value == "lru, 100 %: 33.33 %");
    }

    [Fact]
    public async Task MeanOf_LogsWithOtherCapacities_IsNone()
    {
        var log = ReplayLogs.OfText("abacabbca");

        Assert.Empty(RatioCurve.MeanOf([await ReplayLogs.ReplayAsync(log, "100%", EvictionMode.Lru), await ReplayLogs.ReplayAsync(log, "50%", EvictionMode.Lru)]));
        Assert.Empty(RatioCurve.MeanOf([await ReplayLogs.ReplayAsync(log, "2", EvictionMode.Lru), await ReplayLogs.ReplayAsync(log, "2", EvictionMode.Lru)]));
    }

    [Theory]
    [InlineData(0.0, 0.0, 0, 0.001)]
    [InlineData(0.02, 0.9, 0, 1)]
    [InlineData(0.91, 0.93, 0.91, 0.93)]
    [InlineData(0.77, 0.9885, 0.7, 1)]
    [InlineData(1.0, 1.0, 0.999, 1)]
    [InlineData(0.5, 0.5, 0.5, 0.501)]
    public void Scale_OfRatios_IsBetweenRoundOnesAroundThem(double lowest, double highest, double bottom, double top)
    {
        var scale = new RatioScale([new RatioCurve("lru", [new RatioPoint(10, "10", lowest), new RatioPoint(1000, "1000", highest)])]);

        var ticks = scale.Ticks.ToArray();
        Assert.Equal(bottom, ticks[0], 6);
        Assert.Equal(top, ticks[^1], 6);
        Assert.InRange(ticks.Length, 2, 7);
        Assert.InRange(scale.Y(lowest), scale.Y(highest), 100.001);
        Assert.InRange(scale.Y(highest), -0.001, 100.001);
        Assert.Equal((0.0, 50.0, 100.0), (scale.X(10), Math.Round(scale.X(100), 6), scale.X(1000)));
    }

    private static string Write(params ReplayReport[] reports)
    {
        using var page = new MemoryStream();
        ReplayPage.Write(page, reports);
        return Encoding.UTF8.GetString(page.ToArray());
    }
}
