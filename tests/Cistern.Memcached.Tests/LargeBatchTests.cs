using System.Text;

namespace Cistern.Tests;

/// <summary>Batches so large that a server gets them over two connections.</summary>
public sealed class LargeBatchTests(SharedServers servers)
{
    private const int Entries = 6_000;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    public async Task SetMany_KeysManyTimes_TheLastOfEachStays(int count, int connections)
    {
        const int keys = 701;
        await using var backend = await OpenAsync(count, connections);
        for (var round = 0; round < 10; round++)
        {
            var requests = Enumerable.Range(0, Entries).Select(i => new SetRequest($"key {i * 11 % keys}", Encoding.UTF8.GetBytes($"{round}:{i}:{new string('.', i % 300)}"))).ToList();
            Assert.All(await backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
            var last = requests.GroupBy(request => request.Key).ToDictionary(group => group.Key, group => group.Last().Value.ToArray());
            var found = await backend.GetManyAsync(last.Keys);
            Assert.Equal(keys, found.Count);
            Assert.All(found, pair => Assert.Equal(last[pair.Key], pair.Value));
        }
    }

    [Fact]
    public async Task SetMany_SomeTooLarge_EachHasItsOwnOutcome()
    {
        await using var backend = await OpenAsync(1, 2);
        var large = new byte[3_000_000];
        var requests = Enumerable.Range(0, Entries).Select(i => new SetRequest($"key {i}", i % 1_000 == 7 ? large : Encoding.UTF8.GetBytes($"{i}"))).ToList();
        var outcomes = await backend.SetManyAsync(requests);
        for (var i = 0; i < Entries; i++) Assert.Equal(i % 1_000 == 7 ? SetOutcome.TooLarge : SetOutcome.Stored, outcomes[i]);
        Assert.Equal(Entries - 6, (await backend.GetManyAsync(requests.Select(request => request.Key))).Count);
    }

    private Task<MemcachedBackend> OpenAsync(int count, int connections) => MemcachedBackend.OpenAsync(
        [.. count == 1 ? [SharedServers.AddressOf(servers.One)] : servers.Three.Select(SharedServers.AddressOf)],
        new MemcachedBackendOptions { Prefix = SharedServers.NewPrefix(), Connections = connections }).AsTask();
}
