namespace Cistern.Tests;

/// <summary>By what a server is known to have begun anew.</summary>
public sealed class ServerFactsTests
{
    private static readonly ServerFacts Earlier = new() { Process = 1, Time = 1_000, Uptime = 400, Connections = 50, ProcessorSeconds = 3, BeganAt = 0, LargestItem = 1, CountsChanges = true, ListsKeys = true };

    [Fact]
    public void SameRun_LaterAndWithMoreConnections_IsKnown() => Assert.False(Later().IsAnotherRunThan(Earlier));

    [Fact]
    public void AnotherProcess_IsAnotherRun() => Assert.True((Later() with { Process = 2 }).IsAnotherRunThan(Earlier));

    [Fact]
    public void SameProcessIdStartedLater_IsAnotherRun() => Assert.True((Later() with { Uptime = 10 }).IsAnotherRunThan(Earlier));

    [Fact]
    public void SameProcessIdStartedAtTheSameSecondsButConnectionsBeginAgain_IsAnotherRun() => Assert.True((Later() with { Connections = 50 }).IsAnotherRunThan(Earlier));

    [Fact]
    public void ConnectionsBeginAgainButTheSameRunHasUsedMore_HadItsStatisticsReset() => Assert.False((Later() with { Connections = 1, ProcessorSeconds = 3.1, Uptime = 431 }).IsAnotherRunThan(Earlier));

    [Fact]
    public void ConnectionsBeginAgainAndAnotherSecondIsItsStart_IsAnotherRun() => Assert.True((Later() with { Connections = 1, ProcessorSeconds = 3.1, Uptime = 430 }).IsAnotherRunThan(Earlier));

    [Fact]
    public void ConnectionsThatWereMadeAtTheSameTime_MayBeToldInAnyOrder() => Assert.False((Later() with { Connections = 49, BeganAt = 1 }).IsAnotherRunThan(Earlier));

    [Fact]
    public void ConnectionBegunBeforeTheOneThatIsKnown_IsNoLaterWord()
    {
        var known = Later() with { Process = 2 };
        Assert.False(Earlier.IsLaterThan(known));
        Assert.True(known.IsLaterThan(Earlier));
        Assert.True(Earlier.IsLaterThan(null));
    }

    private static ServerFacts Later() => Earlier with { Time = 1_031, Uptime = 430, Connections = 51, BeganAt = long.MaxValue };
}
