using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Cistern.Cli;

namespace Cistern.Tests;

public sealed class ReportPageTests
{
    public static TheoryData<string> Names => ["small", "varied", "none", "one", "undecided", "many", "huge"];

    private static ReportData Of(string name) => name switch
    {
        "small" => SampleReports.Small,
        "varied" => SampleReports.Varied,
        "none" => SampleReports.WithLookups(),
        "one" => SampleReports.WithLookups(false),
        "undecided" => SampleReports.WithLookups(true, true, true),
        "many" => SampleReports.WithAudit(1_000),
        _ => SampleReports.WithAudit(20_000, lookups: 10_000_000),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_AnyRun_IsWellFormedAndNamesNoOtherPlace(string name)
    {
        var page = SampleReports.Write(Of(name));
        var document = XDocument.Parse(page);

        Assert.DoesNotContain("{{", page);
        Assert.DoesNotContain("NaN", page);
        Assert.DoesNotContain("∞", page);
        Assert.DoesNotMatch("(?i)https?:|url\\(|@import|//[a-z]", Without(page, "script"));
        Assert.DoesNotContain(document.Descendants(), element => element.Name.LocalName is "link" or "img" or "iframe" or "object" or "embed" or "base");
        Assert.DoesNotContain(document.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href" or "style" || attribute.Name.LocalName.StartsWith("on"));
        Assert.InRange(page.Length, 1, 1_000_000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_AnyRun_HasOneOfEachLandmarkAndNamesEveryPicture(string name)
    {
        var document = XDocument.Parse(SampleReports.Write(Of(name)));
        var ids = document.Descendants().Attributes("id").Select(id => id.Value).ToArray();

        Assert.Equal("en", document.Root?.Attribute("lang")?.Value);
        foreach (var landmark in new[] { "header", "main", "footer", "h1" }) Assert.Single(document.Descendants(landmark));
        Assert.Equal("Backfill report · Cistern", document.Descendants("head").Single().Element("title")?.Value);
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(document.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "aria-labelledby" or "aria-describedby"), reference => Assert.Contains(reference.Value, ids));
        Assert.All(document.Descendants("table"), table => Assert.NotEmpty(table.Element("caption")?.Value ?? ""));
        Assert.All(document.Descendants("th"), header => Assert.NotNull(header.Attribute("scope")));
        Assert.All(
            document.Descendants("svg").Where(svg => svg.Ancestors("svg").FirstOrDefault() is null && svg.Parent?.Attribute("aria-hidden") is null),
            svg => Assert.True(svg.Attribute("role")?.Value == "img" && svg.Attribute("aria-label")?.Value.Length > 0));
    }

    [Fact]
    public void Write_Policy_AllowsItsOwnStyleAndScriptOnly()
    {
        var document = XDocument.Parse(SampleReports.Write(SampleReports.Small), LoadOptions.PreserveWhitespace);
        var policy = document.Descendants("meta").Single(meta => meta.Attribute("http-equiv")?.Value == "Content-Security-Policy").Attribute("content")?.Value;
        Assert.Equal($"default-src 'none'; style-src '{Hash("style")}'; script-src '{Hash("script")}'; base-uri 'none'; form-action 'none'", policy);

        string Hash(string element) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(document.Descendants(element).Single().Value)));
    }

    [Theory]
    [InlineData("</script><script>alert(1)</script>")]
    [InlineData("\"'><img src=x onerror=alert(1)>")]
    [InlineData("{{style}} &amp; &lt;b&gt;")]
    [InlineData("]]> <!-- <![CDATA[")]
    public void Write_HostileText_IsShownAsItIs(string text)
    {
        var document = XDocument.Parse(SampleReports.Write(WithTexts(text)));
        Assert.Single(document.Descendants("script"));
        Assert.Empty(document.Descendants("img"));
        Assert.Equal(text, document.Descendants("h1").Single().Value);
        Assert.Equal(text, document.Descendants("bdi").Single(element => element.Attribute("class")?.Value == "error").Value);
        Assert.Equal([text, text], document.Descendants("header").Single().Descendants("bdi").Select(element => element.Value));
    }

    [Theory]
    [InlineData("a\u202Etxt.exe", "a\\u202etxt.exe")]
    [InlineData("\u2067\u200F\u061C", "\\u2067\\u200f\\u061c")]
    [InlineData("nul\0 esc\u001b[31m", "nul\\u0000 esc\\u001b[31m")]
    [InlineData("\uffff", "\\uffff")]
    [InlineData("a 💧 drop, ü, 水", "a 💧 drop, ü, 水")]
    public void Write_MarksThatWouldReorderOrBreakThePage_AreShownByTheirCode(string text, string shown)
    {
        var document = XDocument.Parse(SampleReports.Write(WithTexts(text)));
        Assert.Equal(shown, document.Descendants("h1").Single().Value);
    }

    [Fact]
    public void Write_HalvesOfACharacter_AreShownByTheirCode()
    {
        var document = XDocument.Parse(SampleReports.Write(WithTexts("\ud83d lone \udca7")));
        Assert.Equal("\\ud83d lone \\udca7", document.Descendants("h1").Single().Value);
    }

    [Fact]
    public void Write_Figures_ArePresentAndGrouped()
    {
        var data = SampleReports.Small with
        {
            Stats = new BackfillStats { Hits = 1_234_567, Misses = 765_433, SourceMisses = 4_321, Backfills = 1_001, Loaded = 10_010, WindowMissRate = 0.3827 },
            Entries = 98_765,
            Evictions = 54_321,
            Capacity = 100_000,
        };
        var figures = XDocument.Parse(SampleReports.Write(data)).Descendants("dl").First().Elements("div").Select(figure => string.Join('|', figure.Elements().Select(element => element.Value)));
        Assert.Equal(
            [
                "Lookups|2,000,000", "Hits|1,234,567|61.73% hit rate", "Misses|765,433|38.27% miss rate", "Source misses|4,321|not at the source",
                "Backfills|1,001|10,010 loaded", "Entries|98,765|of 100,000", "Evictions|54,321|for room",
            ],
            figures);
    }

    [Fact]
    public void Write_Settings_SayWhatWasSet()
    {
        var data = SampleReports.Small with
        {
            Eviction = "lru",
            Options = BackfillOptions.ForServices with { TimeToLive = TimeSpan.FromMinutes(90), MaxBackfills = 12, ExcludeSourceMisses = true },
        };
        var settings = XDocument.Parse(SampleReports.Write(data)).Descendants("dl").Last().Elements("div").ToDictionary(setting => setting.Element("dt")!.Value, setting => setting.Element("dd")!.Value);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["Miss threshold"] = "30%",
                ["Clear threshold"] = "10%",
                ["Cooldown"] = "1 min",
                ["Window"] = "lookups of the latest 30 s",
                ["Min lookups"] = "100",
                ["Backfill batch"] = "1,000",
                ["Max backfills"] = "12",
                ["Max ineffective backfills"] = "3 in a row",
                ["Exclude source misses"] = "yes",
                ["Capacity"] = "none",
                ["Eviction"] = "lru",
                ["TTL"] = "1 h 30 min ± 10%",
                ["Backfill mode"] = "background",
                ["On backend fault"] = "throw",
            },
            settings);
    }

    [Fact]
    public void Write_EveryKindOfDecision_IsMarkedListedAndNoticed()
    {
        var document = XDocument.Parse(SampleReports.Write(SampleReports.Varied));
        var lanes = document.Descendants("p").Where(element => element.Attribute("class")?.Value == "lane-name").Select(element => element.Value);
        Assert.Equal(["2 backfills", "1 forced", "1 failed", "12 skipped", "1,271 refused", "1 resumed"], lanes);
        Assert.Equal(SampleReports.Varied.Audit.Count, Marks(document).Count());

        var rows = document.Descendants("table").Last().Descendants("tbody").Single().Elements("tr").Select(row => string.Join('|', row.Elements().Take(4).Select(cell => cell.Value)));
        Assert.Equal(
            [
                "100|Backfill|41.00%|10", "400|Backfill|38.00%|10", "700|Backfill failedcatalogue.jsonl: line 1204: a comma is missing|36.00%|0",
                "2,000|Forced backfill|–|1,234", "5,000|Refused: manual intervention required, 1,271 times|32.00%|–", "7,000|Resumed|–|–",
                "9,000|Skipped: the source is empty, 12 times|31.00%|–",
            ],
            rows);

        var notices = document.Descendants("p").Where(element => element.Attribute("class")?.Value == "notice").Select(element => element.Element("strong")?.Value);
        Assert.Equal(["Manual intervention required.", "1 backfill failed.", "12 backfills skipped."], notices);
    }

    [Fact]
    public void Write_VeryManyDecisions_ShowsTheFirstAndTheLast()
    {
        var document = XDocument.Parse(SampleReports.Write(SampleReports.WithAudit(3_000) with { AuditDropped = 4_321 }));
        var rows = document.Descendants("table").Last().Descendants("tbody").Single().Elements("tr").ToArray();
        Assert.Equal(1_001, rows.Length);
        Assert.Equal("2,000 decisions are left out here.", rows[500].Value);
        Assert.StartsWith("1,000,000", rows[^1].Value);
        Assert.Contains("4,321 older ones were dropped", document.Descendants("caption").Last().Value);
        Assert.Contains("The first 4,321 decisions are not marked.", document.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void Write_CurveWithSpikes_DrawsAndTabulatesThem()
    {
        CurvePoint[] curve = [.. Enumerable.Range(1, 200).Select(index => new CurvePoint(index * 10, index, 0.1, index == 77 ? 0.8888 : 0.2, 0.15))];
        var page = SampleReports.Write(SampleReports.Small with { Curve = curve });
        Assert.Contains("770,8888 ", page);
        Assert.Contains("""<td class="number">88.88%</td>""", page);
        Assert.Equal(50, XDocument.Parse(page).Descendants("details").Single().Descendants("tbody").Single().Elements().Count());
    }

    [Fact]
    public void Write_NoLookups_SaysSoInPlaceOfAPicture()
    {
        var document = XDocument.Parse(SampleReports.Write(SampleReports.WithLookups()));
        Assert.Empty(document.Descendants("svg"));
        Assert.Contains("No lookups were counted", document.Descendants("main").Single().Value);
        Assert.Contains("Nothing was decided", document.Descendants("main").Single().Value);
    }

    [Fact]
    public void Write_ToAStream_LeavesItOpenAndBeginsWithTheDocumentType()
    {
        using var output = new MemoryStream();
        ReportPage.Write(output, SampleReports.Small);
        Assert.True(output.CanWrite);
        Assert.StartsWith("<!DOCTYPE html>", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal((byte)'<', output.ToArray()[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Style_TextOnItsBackground_HasTheContrastOfLevelAA(int palette)
    {
        var style = SampleReports.Write(SampleReports.Small).Split(":root {")[palette];
        var colors = style[..style.IndexOf('}')].Split('\n').Select(line => line.Trim().Split(": #")).Where(parts => parts.Length == 2 && parts[1].Length == 7)
            .ToDictionary(parts => parts[0].TrimStart('-'), parts => Luminance(parts[1]));
        foreach (var ink in new[] { "ink", "dim", "water", "limit", "clear" })
        {
            foreach (var paper in new[] { "paper", "tip" })
            {
                var (lighter, darker) = (Math.Max(colors[ink], colors[paper]), Math.Min(colors[ink], colors[paper]));
                Assert.True((lighter + 0.05) / (darker + 0.05) >= 4.5, $"{ink} on {paper}");
            }
        }
    }

    [Fact]
    public void Write_SmallRun_IsAsApproved()
    {
        var written = SampleReports.Write(SampleReports.Small);
        var page = string.Join('\n', Without(Without(written, "style"), "script").Split('\n').Where(line => !line.Contains("Content-Security-Policy")));
        var folder = Path.Combine(AppContext.BaseDirectory, "Reports");
        var approved = Path.Combine(folder, "small.approved.html");
        var received = Path.Combine(folder, "small.received.html");
        if (File.Exists(approved) && File.ReadAllText(approved).ReplaceLineEndings("\n") == page) return;
        File.WriteAllText(received, page);
        Assert.Fail($"The page is not as approved. If the change is meant, copy {received} over tests/Cistern.Cli.Tests/Reports/small.approved.html.");
    }

    private static ReportData WithTexts(string text) => SampleReports.Small with
    {
        Title = text,
        Source = text,
        Backend = text,
        Audit = [SampleReports.Entry(AuditAction.BackfillFailed, 3, 0.6667) with { Error = text }],
    };

    private static IEnumerable<XElement> Marks(XDocument document) => document.Descendants("line").Where(line => line.Attribute("class")?.Value == "mark");

    // WCAG 2.2, relative luminance.
    private static double Luminance(string color)
    {
        double Channel(int start)
        {
            var part = int.Parse(color.AsSpan(start, 2), NumberStyles.HexNumber) / 255.0;
            return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(0)) + (0.7152 * Channel(2)) + (0.0722 * Channel(4));
    }

    // The page without what is between the tags of its one element of a name.
    private static string Without(string page, string element)
    {
        var start = page.IndexOf($"<{element}>") + element.Length + 2;
        return page.Remove(start, page.LastIndexOf($"</{element}>") - start);
    }
}
