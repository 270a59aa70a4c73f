using Cistern.Cli;
using Microsoft.Playwright;

namespace Cistern.Tests;

/// <summary>The page as a reader meets it: opened from a file, in Chromium.</summary>
public sealed class ReportInBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cistern-report-");
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(ColorScheme.Light, 1200, true)]
    [InlineData(ColorScheme.Dark, 1200, true)]
    [InlineData(ColorScheme.Light, 400, true)]
    [InlineData(ColorScheme.Dark, 320, true)]
    [InlineData(ColorScheme.Light, 1200, false)]
    [InlineData(ColorScheme.Dark, 400, false)]
    public async Task Page_AnyColorsWidthOrScript_DrawsTheRunWithoutAComplaint(ColorScheme colors, int width, bool script)
    {
        await using var context = await chromium.OpenAsync(Options(colors, width, script));
        var page = await OpenAsync(context, SampleReports.Varied);

        foreach (var line in new[] { "#rate-line", "#hits-line" })
        {
            var box = await page.Locator(line).BoundingBoxAsync();
            Assert.NotNull(box);
            Assert.InRange(box.Width, width / 2, width);
            Assert.InRange(box.Height, 50, 300);
        }

        Assert.Equal(SampleReports.Varied.Audit.Count, await page.Locator(".mark").CountAsync());
        Assert.Equal(SampleReports.Varied.Audit.Count, await page.Locator("table.audit tbody tr").CountAsync());
        await AssertFitsAsync(page);
        Assert.Equal(colors == ColorScheme.Dark ? "rgb(17, 23, 27)" : "rgb(253, 253, 252)", await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
        Assert.Equal(script ? 1 : 0, await page.Locator(".cursor").CountAsync());
        Assert.Empty(_complaints);
        Assert.Equal([page.Url], _requests);
    }

    [Theory]
    [InlineData(0, 1200)]
    [InlineData(1, 1200)]
    [InlineData(2, 400)]
    [InlineData(10_000_000, 400)]
    [InlineData(10_000_000, 720)]
    [InlineData(10_000_000, 1200)]
    public async Task Page_FewOrManyLookups_FitsTheScreenWithoutAComplaint(int lookups, int width)
    {
        await using var context = await chromium.OpenAsync(Options(ColorScheme.Light, width, script: true));
        var data = lookups < 10 ? SampleReports.WithLookups(new bool[lookups]) : SampleReports.WithAudit(1_000, lookups);
        var page = await OpenAsync(context, data);

        Assert.Equal(lookups == 0 ? 0 : 1, await page.Locator("#rate-line").CountAsync());
        Assert.Equal(data.Audit.Count, await page.Locator(".mark").CountAsync());
        await AssertFitsAsync(page);
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Curve_FirstAndLastPoint_LieWhereTheScaleSays()
    {
        await using var context = await chromium.OpenAsync(Options(ColorScheme.Light, 1200, script: true));
        var page = await OpenAsync(context, SampleReports.Small);

        // The first of seven lookups has a rate of 100%, the top of the panel; the fifth the lowest, 40%.
        var plot = await page.Locator(".rate .plot").BoundingBoxAsync();
        var line = await page.Locator("#rate-line").BoundingBoxAsync();
        Assert.NotNull(plot);
        Assert.NotNull(line);
        Assert.Equal(plot.X + (plot.Width / 7), line.X, 2.0);
        Assert.Equal(plot.X + plot.Width, line.X + line.Width, 2.0);
        Assert.Equal(plot.Y, line.Y, 2.0);
        Assert.Equal(plot.Y + (plot.Height * 0.6), line.Y + line.Height, 2.0);

        var threshold = await page.Locator("line.threshold").BoundingBoxAsync();
        var mark = await page.Locator(".mark").First.BoundingBoxAsync();
        Assert.Equal(plot.Y + (plot.Height * 0.6f), threshold!.Y, 1.0);
        Assert.Equal(plot.X + (plot.Width * 3 / 7), mark!.X, 2.0);
    }

    [Fact]
    public async Task Keyboard_Tab_ReachesWhateverReacts()
    {
        await using var context = await chromium.OpenAsync(Options(ColorScheme.Light, 1200, script: true));
        var page = await OpenAsync(context, SampleReports.Varied);

        List<string> reached = [];
        for (var step = 0; step < 3; step++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("document.activeElement.className || document.activeElement.localName"));
            var outlined = reached[^1] == "cursor" ? ".plots" : ":focus";
            Assert.Equal("solid", await page.EvaluateAsync<string>($"getComputedStyle(document.querySelector('{outlined}')).outlineStyle"));
        }

        Assert.Equal(["cursor", "summary", "scroll"], reached);
    }

    [Fact]
    public async Task Keyboard_OnThePicture_TellsEachPointAndDecision()
    {
        await using var context = await chromium.OpenAsync(Options(ColorScheme.Light, 1200, script: true));
        var page = await OpenAsync(context, SampleReports.Small);
        var cursor = page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "Lookup to inspect" });
        await cursor.FocusAsync();
        Assert.Equal("Lookup 7; Miss rate 42.86%; 4 hits so far", await cursor.GetAttributeAsync("aria-valuetext"));

        (string Key, string Text)[] steps =
        [
            ("ArrowLeft", "Lookup 6; Miss rate 50.00%; 3 hits so far; Backfill: 1 loaded at 50.00%"),
            ("PageUp", "Lookup 3; Miss rate 66.67%; 1 hit so far; Backfill: 3 loaded at 66.67%"),
            ("PageUp", "Lookup 3; Miss rate 66.67%; 1 hit so far; Backfill: 3 loaded at 66.67%"),
            ("PageDown", "Lookup 6; Miss rate 50.00%; 3 hits so far; Backfill: 1 loaded at 50.00%"),
            ("Home", "Lookup 1; Miss rate 100.00%; 0 hits so far"),
            ("ArrowLeft", "Lookup 1; Miss rate 100.00%; 0 hits so far"),
            ("ArrowRight", "Lookup 2; Miss rate 50.00%; 1 hit so far"),
            ("End", "Lookup 7; Miss rate 42.86%; 4 hits so far"),
        ];
        foreach (var (key, text) in steps)
        {
            await page.Keyboard.PressAsync(key);
            Assert.Equal(text, await cursor.GetAttributeAsync("aria-valuetext"));
            Assert.Equal(text, string.Join("; ", await page.Locator(".tip p").AllTextContentsAsync()));
        }

        await page.Keyboard.PressAsync("Escape");
        Assert.False(await page.Locator(".tip").IsVisibleAsync());
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Pointer_OverThePicture_ShowsTheNearestPoint()
    {
        await using var context = await chromium.OpenAsync(Options(ColorScheme.Light, 1200, script: true));
        var page = await OpenAsync(context, SampleReports.Small);
        var plot = (await page.Locator(".rate .plot").BoundingBoxAsync())!;
        Assert.False(await page.Locator(".tip").IsVisibleAsync());

        await page.Mouse.MoveAsync(plot.X + (plot.Width * 3.2f / 7), plot.Y + 20);
        Assert.Equal("Lookup 3", await page.Locator(".tip p").First.TextContentAsync());

        // The dot of the cursor is on the curve: 66.67% is a third from the top.
        var dot = (await page.Locator(".cursor b").First.BoundingBoxAsync())!;
        Assert.Equal(plot.Y + (plot.Height / 3), dot.Y + (dot.Height / 2), 1.5);

        await page.Mouse.MoveAsync(1, 1);
        Assert.False(await page.Locator(".tip").IsVisibleAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AccessibilityTree_NamesThePictureItsPartsAndTheTables(bool script)
    {
        await using var context = await chromium.OpenAsync(Options(ColorScheme.Light, 1200, script));
        var page = await OpenAsync(context, SampleReports.Varied);
        var tree = await page.Locator("html").AriaSnapshotAsync();

        string[] expected =
        [
            "- banner:", "- main:", "- contentinfo:",
            "- heading \"Backfill report\" [level=1]",
            "- heading \"Miss rate and hits over the lookups\" [level=2]",
            "- figure \"Miss rate and hits over the lookups\":",
            "img \"Miss rate over 12,000 lookups: between 5.00% and 45.00%, 41.88% at the end. The threshold is 30%, cleared at 10%.\"",
            "- img \"2 marks from lookup 100 to lookup 400\"",
            "img \"Hits so far over the lookups, ending at 9,600 hits of 12,000 lookups.\"",
            "- region \"Audit\":",
            "- table \"7 decisions, in order.\":",
            "- rowheader \"2,000\"",
        ];
        Assert.All(expected, line => Assert.Contains(line, tree));
        Assert.Equal(script, tree.Contains("- slider \"Lookup to inspect\""));
    }

    [Fact]
    public async Task HostileText_InTheAudit_RunsNothing()
    {
        const string Hostile = "</bdi></td></script><script>document.title='run'</script><img src=x onerror=\"document.title='run'\"><style>*{display:none}</style>";
        await using var context = await chromium.OpenAsync(Options(ColorScheme.Light, 1200, script: true));
        var data = SampleReports.Small with { Audit = [SampleReports.Entry(AuditAction.BackfillFailed, 3, 0.6667) with { Error = Hostile }] };
        var page = await OpenAsync(context, data);

        Assert.Equal("Backfill report · Cistern", await page.TitleAsync());
        Assert.Equal(Hostile, await page.Locator(".error").TextContentAsync());
        Assert.True(await page.Locator(".error").IsVisibleAsync());
        Assert.Empty(_complaints);
        Assert.Single(_requests);
    }

    [Fact]
    public async Task Policy_ScriptThatIsNotOfThePage_IsRefused()
    {
        await using var context = await chromium.OpenAsync(Options(ColorScheme.Light, 1200, script: true));
        var page = await OpenAsync(context, SampleReports.Small);
        await page.EvaluateAsync("document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = \"run\"' }))");
        Assert.Equal("Backfill report · Cistern", await page.TitleAsync());
        Assert.Contains("Content Security Policy", Assert.Single(_complaints));
    }

    // What an SVG draws beyond its box does not count as overflow: its text is looked at piece by piece.
    private static async Task AssertFitsAsync(IPage page)
    {
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        var cut = await page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('svg text, .lane-name')]
              .map(text => [text.textContent, text.getBoundingClientRect()])
              .filter(([, box]) => box.width > 0 && (box.left < 0 || box.right > document.documentElement.clientWidth))
              .map(([text]) => text)
            """);
        Assert.Empty(cut);
    }

    private static BrowserNewContextOptions Options(ColorScheme colors, int width, bool script) =>
        new() { ColorScheme = colors, JavaScriptEnabled = script, ViewportSize = new ViewportSize { Width = width, Height = 900 } };

    private async Task<IPage> OpenAsync(IBrowserContext context, ReportData data)
    {
        var path = Path.Combine(_folder.FullName, "report.html");
        await using (var output = File.Create(path)) ReportPage.Write(output, data);

        var page = await context.NewPageAsync();
        page.Console += (_, message) => _complaints.Add(message.Text);
        page.PageError += (_, error) => _complaints.Add(error);
        page.Request += (_, request) => _requests.Add(request.Url);
        page.RequestFailed += (_, request) => _complaints.Add(request.Url);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return page;
    }
}
