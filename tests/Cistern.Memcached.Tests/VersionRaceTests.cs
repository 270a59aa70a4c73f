using System.Globalization;

namespace Cistern.Tests;

/// <summary>Writers, deleters and fillers with stale data race for the same keys, from several clients: no older value may come back.</summary>
/// <remarks>CISTERN_RACE_KEYS has more keys than the few of every run; CISTERN_RACE_BLIND=1 has the fillers write without a condition, which must show.</remarks>
public sealed class VersionRaceTests(SharedServers servers)
{
    private const int Writers = 4;
    private const int Deleters = 2;
    private const int Fillers = 2;
    private const int VersionsPerKey = 12;

    [Fact]
    public async Task Keys_RacedFromManyClients_NeverHaveAStaleValue() =>
        Assert.Equal(0, await RaceAsync(int.Parse(Environment.GetEnvironmentVariable("CISTERN_RACE_KEYS") ?? "300", CultureInfo.InvariantCulture), Environment.GetEnvironmentVariable("CISTERN_RACE_BLIND") == "1"));

    [Fact]
    public async Task Keys_RacedWithBlindFillers_HaveStaleValues() => Assert.True(await RaceAsync(300, isBlind: true) > 0, "The race would not show what it is there to show.");

    // Each version of a key is written or deleted once, in any order; the highest one, even or odd, says which is right.
    private async Task<int> RaceAsync(int keys, bool isBlind)
    {
        var options = SuiteOptions.Of() with { TombstoneRetention = TimeSpan.FromMinutes(10) };
        var clients = new MemcachedBackend[Writers + Deleters + Fillers];
        for (var i = 0; i < clients.Length; i++) clients[i] = await MemcachedBackend.OpenAsync(servers.Three.Select(SharedServers.AddressOf), options);
        try
        {
            await Task.WhenAll(clients.Select((client, role) => Task.Run(() => PlayAsync(client, role, keys, isBlind))));
            var stale = 0;
            for (var key = 0; key < keys; key++)
            {
                var last = key % 2 == 0 ? VersionsPerKey : VersionsPerKey - 1;
                var expected = key % 2 == 0 ? null : last.ToString(CultureInfo.InvariantCulture);
                if (await clients[0].GetStringAsync(Name(key)) != expected) stale++;
            }

            return stale;
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    private static async Task PlayAsync(MemcachedBackend client, int role, int keys, bool isBlind)
    {
        var random = new Random(role);
        foreach (var (key, version) in Enumerable.Range(0, keys).SelectMany(key => Enumerable.Range(1, key % 2 == 0 ? VersionsPerKey : VersionsPerKey - 1).Select(version => (key, version))).OrderBy(_ => random.Next()))
        {
            var isDeletion = version % 2 == 0;
            var value = System.Text.Encoding.ASCII.GetBytes(version.ToString(CultureInfo.InvariantCulture));
            if (role < Writers && !isDeletion && (key + version) / 2 % Writers == role) await client.SetAsync(Name(key), value, SetOptions.IfNewer(version));
            else if (role is >= Writers and < Writers + Deleters && isDeletion && (key + version) / 2 % Deleters == role - Writers) await client.DeleteAsync(Name(key), version);
            else if (role >= Writers + Deleters && version == 1) await FillAsync(client, key, value, isBlind);
        }
    }

    private static async Task FillAsync(MemcachedBackend client, int key, byte[] stale, bool isBlind)
    {
        // Read long ago: the oldest version there is.
        if (isBlind) await client.SetAsync(Name(key), stale);
        else await client.SetManyAsync([new SetRequest(Name(key), stale, SetOptions.IfNewer(1))]);
    }

    private static string Name(int key) => $"raced {key}";
}
