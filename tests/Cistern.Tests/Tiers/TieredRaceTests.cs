using System.Globalization;

namespace Cistern.Tests.Tiers;

/// <summary>Many readers, writers and messages at once: nobody reads behind what was acknowledged before the reading began.</summary>
public sealed class TieredRaceTests : TieredTest
{
    private const int Keys = 8;
    private const int Changes = 4_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Lookup_WhileKeysChange_NeverGoesBehindWhatWasAcknowledged(int seed)
    {
        // A copy in the near tier asynchronously, too, so that every step may be interrupted.
        var near = seed == 3 ? (CacheBackend)new GatedBackend(Clock) { Before = Wander } : NewNear();
        var tiers = await OpenAsync(near: near);
        Far.Before = Far.After = Wander;
        var acknowledged = new long[Keys];
        using var done = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Keys).Select(key => Task.Run(() => WriteAsync(tiers, key, new Random(seed * 100 + key), acknowledged)));
        var readers = Enumerable.Range(0, 4).Select(reader => Task.Run(() => ReadAsync(tiers, reader, acknowledged, done.Token))).ToList();
        await Task.WhenAll(writers);
        await done.CancelAsync();
        var read = await Task.WhenAll(readers);
        Assert.All(read, lookups => Assert.True(lookups > 0));

        // In the end the near tier has what the far one has, or nothing.
        for (var key = 0; key < Keys; key++) Assert.Equal(Text(await Far.GetAsync($"key {key}")), Text(await tiers.GetAsync($"key {key}")));
    }

    // Each key has one writer, whose values only grow; a deleted one is below nothing.
    private static async Task WriteAsync(TieredBackend tiers, int key, Random random, long[] acknowledged)
    {
        for (var value = 1L; value <= Changes / Keys; value++)
        {
            var bytes = Bytes(value.ToString(CultureInfo.InvariantCulture));
            switch (random.Next(4))
            {
                case 0: await tiers.SetManyAsync([new SetRequest($"key {key}", bytes)]); break;
                case 1:
                    await tiers.DeleteAsync($"key {key}");
                    await tiers.SetAsync($"key {key}", bytes);
                    break;
                default: await tiers.SetAsync($"key {key}", bytes); break;
            }

            Volatile.Write(ref acknowledged[key], value);
        }
    }

    private static async Task<int> ReadAsync(TieredBackend tiers, int reader, long[] acknowledged, CancellationToken done)
    {
        var random = new Random(reader);
        var lookups = 0;
        while (!done.IsCancellationRequested)
        {
            var key = random.Next(Keys);
            var floor = Volatile.Read(ref acknowledged[key]);
            var name = $"key {key}";
            var value = random.Next(2) == 0 ? await tiers.GetAsync(name, CancellationToken.None) : (await tiers.GetManyAsync([name], CancellationToken.None)).GetValueOrDefault(name);
            if (value is null) continue;
            Assert.True(long.Parse(Text(value)!, CultureInfo.InvariantCulture) >= floor, $"{name} was {Text(value)} after {floor} was acknowledged.");
            lookups++;
        }

        return lookups;
    }

    private static async Task Wander(string call)
    {
        if (Random.Shared.Next(3) == 0) await Task.Yield();
        if (Random.Shared.Next(50) == 0) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
    }
}
