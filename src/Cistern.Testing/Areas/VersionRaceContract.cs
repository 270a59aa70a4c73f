using System.Globalization;
using Xunit;

namespace Cistern.Testing;

/// <summary>
/// Area of the suite: writers, deleters and fillers with old data at once. Short, on purpose; <c>CISTERN_RACE_KEYS</c> says how many keys instead of 500: 20,000 are a minute's work
/// for a server, and must stay within the retention of tombstones. <c>CISTERN_RACE_BLIND=1</c> has the fillers write without versions: then it must fail.
/// </summary>
public abstract class VersionRaceContract : LeaseContract
{
    private const int Keys = 500;

    private protected VersionRaceContract()
    {
    }

    [Fact]
    public async Task VersionRace_WritersDeletersAndFillersWithOldData_LeavesNothingStale()
    {
        var keys = int.TryParse(Environment.GetEnvironmentVariable("CISTERN_RACE_KEYS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : Keys;
        var isBlind = Environment.GetEnvironmentVariable("CISTERN_RACE_BLIND") == "1";
        Assert.Equal(0, await new VersionRace(Backend, keys, isBlind).RunAsync());
    }
}
