using System.Globalization;

namespace Cistern.Kills.Tests;

/// <summary>
/// A writer is killed at a random moment, again and again on the same files: start-up and compaction included. Whatever it had acknowledged
/// must be there, nothing else may be, and the files must open. CISTERN_KILL_ROUNDS: how many rounds (20); CISTERN_KILL_SEED: the first
/// round's seed; CISTERN_KILL_LOG: a file that gets a line for each round, from which a later run goes on (see scripts/kills.sh).
/// </summary>
public sealed class KillTests
{
    [Theory]
    [InlineData("file", "file:{0}/cache.json?durability=os")]
    [InlineData("file", "file:{0}/cache.json?durability=group")]
    [InlineData("file", "file:{0}/cache.json?durability=power")]
    [InlineData("sqlite", "sqlite:{0}/cache.db?durability=normal")]
    [InlineData("sqlite", "sqlite:{0}/cache.db?durability=full")]
    public async Task Writer_KilledAtAnyMoment_LosesNothingItAcknowledged(string kind, string addressPattern)
    {
        Assert.NotEmpty(kind);
        var log = KillLog.Open(addressPattern);
        using var folder = new KillFolder();
        var killer = new Killer(string.Format(CultureInfo.InvariantCulture, addressPattern, folder.Path));

        // An earlier run has done them all, and says so in the log.
        if (log.Next() is null) return;
        for (var round = log.Next(); round is { } seed; round = log.Next())
        {
            var outcome = await killer.RoundAsync(seed, TestContext.Current.CancellationToken);
            log.Write(seed, outcome);
        }

        Assert.True(killer.Acknowledged > 0, "No step was ever acknowledged: the rounds showed nothing.");
    }
}
