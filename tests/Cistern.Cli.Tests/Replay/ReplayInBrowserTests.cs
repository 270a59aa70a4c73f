using Cistern.Tests;
using Microsoft.Playwright;

namespace Cistern.Cli.Tests;

/// <summary>The page as a reader meets it: opened from a file, in Chromium.</summary>
public sealed class ReplayInBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ColorScheme.Light, 1200)]
    [InlineData(ColorScheme.Dark, 1200)]
    [InlineData(ColorScheme.Light, 400)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Page_AnyColorsAndWidth_DrawsTheCurvesWithoutAComplaint(ColorScheme colors, int width)
    {
        var random = new Random(20261120);
        var log = ReplayLogs.Of(Enumerable.Range(0, 20_000).Select(_ => $"key:{random.Next(100) * random.Next(100)}"));
        var report = await ReplayLogs.ReplayAsync(log, "1%,2%,5%,10%,25%,50%,1000000", [.. EvictionModeText.All]);
        await using var context = await chromium.OpenAsync(new BrowserNewContextOptions { ColorScheme = colors, ViewportSize = new ViewportSize { Width = width, Height = 900 } });

        var page = await OpenAsync(context, report);

        Assert.Equal(6, await page.Locator("polyline").CountAsync());
        var box = await page.Locator(".adaptive polyline").BoundingBoxAsync();
        Assert.NotNull(box);
        Assert.InRange(box.Width, width / 2, width);
        Assert.InRange(box.Height, 50, 400);
        var strokes = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('polyline')].map(line => getComputedStyle(line).stroke)");
        Assert.Equal(6, strokes.Distinct().Count());
        Assert.Equal(42, await page.Locator("table.ratios tbody tr").CountAsync());
        Assert.Equal(colors == ColorScheme.Dark ? "rgb(17, 23, 27)" : "rgb(253, 253, 252)", await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        Assert.Empty(await page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('svg text')]
              .map(text => [text.textContent, text.getBoundingClientRect()])
              .filter(([, box]) => box.width > 0 && (box.left < 0 || box.right > document.documentElement.clientWidth))
              .map(([text]) => text)
            """));
        Assert.Empty(await page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('.axis text[y="16"]')]
              .map(text => [text.textContent, text.getBoundingClientRect()])
              .filter(([, box]) => box.width > 0)
              .filter(([, box], index, all) => index > 0 && all[index - 1][1].right > box.left)
              .map(([text]) => text)
            """));
        Assert.Empty(_complaints);
        Assert.Equal([page.Url], _requests);
    }

    private async Task<IPage> OpenAsync(IBrowserContext context, ReplayReport report)
    {
        var path = _folder.At("replay.html");
        await using (var output = File.Create(path)) ReplayPage.Write(output, [report]);

        var page = await context.NewPageAsync();
        page.Console += (_, message) => _complaints.Add(message.Text);
        page.PageError += (_, error) => _complaints.Add(error);
        page.Request += (_, request) => _requests.Add(request.Url);
        page.RequestFailed += (_, request) => _complaints.Add(request.Url);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return page;
    }
}
