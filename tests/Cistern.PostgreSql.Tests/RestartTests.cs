using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>A server that is killed and started again while four threads use it.</summary>
public sealed class RestartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledAndStartedAgain_UnderLoad_NoWrongValueAndBackWithinASecond(bool isLogged)
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await PostgreSqlBackend.OpenAsync(DatabaseServer.ConnectionTo(faults.Server), new PostgreSqlBackendOptions { Timeout = Timeout, IsLogged = isLogged });
        var load = new LoadUnderFaults(backend);
        await load.RunThroughKillsAsync(faults.Server, output.WriteLine, Moment, TimeSpan.Zero, Moment, 2 * Moment);
        Assert.True(load.Failures > 0, "Nobody noticed that the server was gone.");
        Assert.True(load.Hits > 100, "Nothing was read.");
        Assert.InRange(load.Longest, TimeSpan.Zero, Timeout * 1.1);
        if (isLogged) Assert.Equal(0, load.Lost);
    }
}
