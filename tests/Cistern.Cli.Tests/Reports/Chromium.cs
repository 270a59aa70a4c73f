using Microsoft.Playwright;

namespace Cistern.Tests;

/// <summary>The system's Chromium, headless, shared by the tests of a class. Without one they skip visibly; with CISTERN_REQUIRE_SERVICES=1 they fail.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // It stays on this machine: no first-run pages, no updates, no background requests.
    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } path)
        {
            _missing = "There is no chromium on the PATH (Debian: apt-get install chromium).";
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Arguments, Headless = true });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A window of its own, with nothing shared.</summary>
    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions options)
    {
        if (_missing is not null && Environment.GetEnvironmentVariable("CISTERN_REQUIRE_SERVICES") == "1") Assert.Fail(_missing);
        if (_missing is not null) Assert.Skip(_missing);
        return await _browser!.NewContextAsync(options);
    }

    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string[] names = ["chromium", "chromium-browser", "google-chrome"];
        return names.SelectMany(name => folders.Append("/usr/bin").Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
