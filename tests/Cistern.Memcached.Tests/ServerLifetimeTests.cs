using System.Globalization;
using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>How long servers keep what they are given: never shorter than it lives, and no longer than is of use.</summary>
public sealed class ServerLifetimeTests(SharedServers servers)
{
    private const long Day = 24 * 60 * 60;

    [Theory]
    [InlineData(0.001)]
    [InlineData(1)]
    [InlineData(3_600)]
    [InlineData(30 * Day - 200)]
    [InlineData(30 * Day - 1)]
    [InlineData(30 * Day)]
    [InlineData(31 * Day)]
    [InlineData(365 * Day)]
    public async Task Set_WithATtl_IsKeptALittleLonger(double seconds)
    {
        // The clock of the backend is far from the server's.
        var options = SuiteOptions.Of(new ManualTimeProvider(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], options);
        await backend.SetAsync("key", new byte[1], new SetOptions { TimeToLive = TimeSpan.FromSeconds(seconds) });
        Assert.InRange(await KeptAsync(options), (long)Math.Ceiling(seconds), (long)seconds + 10 + (long)options.SweepDelay.TotalSeconds);
        Assert.True(await backend.ExistsAsync("key"));
        Assert.True(await backend.TouchAsync("key", TimeSpan.FromSeconds(2 * seconds)));
        Assert.InRange(await KeptAsync(options), (long)Math.Ceiling(2 * seconds), (long)(2 * seconds) + 10 + (long)options.SweepDelay.TotalSeconds);
    }

    [Fact]
    public async Task Set_WithATtlBeyondTheServersCalendar_IsKeptUntilEvicted()
    {
        var options = SuiteOptions.Of();
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], options);
        await backend.SetAsync("key", new byte[1], new SetOptions { TimeToLive = TimeSpan.FromDays(365 * 40) });
        Assert.Equal(-1, await KeptAsync(options));
        await backend.SetAsync("key", new byte[1]);
        Assert.Equal(-1, await KeptAsync(options));
    }

    [Fact]
    public async Task Tombstone_IsKeptForItsRetention()
    {
        var options = SuiteOptions.Of() with { TombstoneRetention = TimeSpan.FromMinutes(5) };
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], options);
        await backend.DeleteAsync("key", 1);
        Assert.InRange(await KeptAsync(options), 300, 310 + (long)options.SweepDelay.TotalSeconds);
    }

    private async Task<long> KeptAsync(MemcachedBackendOptions options)
    {
        var answer = await RawTalk.AskAsync(servers.One, $"mg {options.Prefix}key t\r\n");
        return long.Parse(answer.Trim()["HD t".Length..], CultureInfo.InvariantCulture);
    }
}
