using System.Diagnostics;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Networks and servers that are slow and not hung: what comes steadily is waited for, and a call's own time is kept all the same.</summary>
public sealed class PatienceTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestCall = Timeout * 1.1 + TimeSpan.FromMilliseconds(150);

    private MemcachedServer _server = null!;
    private FaultyProxy _proxy = null!;
    private MemcachedBackend _backend = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await MemcachedServer.StartAsync(["-I", "8m", "-m", "256"]);
        _proxy = new FaultyProxy(_server.Port);
        _backend = await MemcachedBackend.OpenAsync([$"{Loopback.Host}:{_proxy.Port}"], new MemcachedBackendOptions { Timeout = Timeout, ConnectTimeout = Timeout });
    }

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task GetMany_AnswerThatComesSteadilyForManyTimeouts_IsWholeAndSmallGetsAreInTime()
    {
        // Some 4 MB, of which 16 KB pass in 10 ms.
        await StoreAsync(200, 20_000);
        await _backend.SetStringAsync("small", "value");
        _proxy.Delay = TimeSpan.FromMilliseconds(10);
        var began = Stopwatch.GetTimestamp();
        var bulk = _backend.GetManyAsync(Names(200)).AsTask();
        var gets = 0;
        for (; !bulk.IsCompleted; gets++) Assert.Equal("value", await _backend.GetStringAsync("small"));
        var found = await bulk;
        Assert.Equal(200, found.Count);
        Assert.All(found, pair => Assert.Equal(Value(pair.Key, 20_000), pair.Value));
        Assert.True(Stopwatch.GetElapsedTime(began) > 3 * Timeout, "It was not slow.");
        Assert.True(gets > 20, $"Only {gets} small gets got through.");
    }

    [Fact]
    public async Task GetMany_ManyBatchesAtOnceOverASlowNetwork_EachIsWhole()
    {
        await StoreAsync(100, 10_000);
        _proxy.Delay = TimeSpan.FromMilliseconds(5);
        var batches = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _backend.GetManyAsync(Names(100)).AsTask()));
        Assert.All(batches, batch => Assert.Equal(100, batch.Count));
    }

    [Fact]
    public async Task GetMany_NetworkThatFallsSilentInTheMidst_EndsATimeoutLater()
    {
        await StoreAsync(200, 20_000);
        _proxy.Delay = TimeSpan.FromMilliseconds(10);
        var bulk = _backend.GetManyAsync(Names(200)).AsTask();
        await Task.Delay(Timeout, TimeProvider.System);
        Assert.False(bulk.IsCompleted);
        var began = Stopwatch.GetTimestamp();
        _proxy.IsSilent = true;
        await Assert.ThrowsAsync<CacheBackendException>(() => bulk);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, LongestCall);
    }

    [Fact]
    public async Task Get_LateThoughItsAnswerComesSteadily_EndsInTimeAndItsConnectionGoesOn()
    {
        await using var backend = await MemcachedBackend.OpenAsync([$"{Loopback.Host}:{_proxy.Port}"], new MemcachedBackendOptions { Timeout = TimeSpan.FromSeconds(1), Connections = 1 });
        await backend.SetAsync("large", new byte[1_200_000]);
        await backend.SetStringAsync("small", "value");
        var connections = _proxy.Connections;
        _proxy.Delay = TimeSpan.FromMilliseconds(17);
        var began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<CacheBackendException>(() => backend.GetAsync("large").AsTask());
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(1.25));
        Assert.Equal("value", await backend.GetStringAsync("small"));
        Assert.Equal(connections, _proxy.Connections);
    }

    [Fact]
    public async Task Call_AnswerThatTrickles_EndsInTimeAndABatchAfterTenTimesThat()
    {
        await using var proxy = new AnswerProxy(_server.Port);
        var brief = TimeSpan.FromMilliseconds(200);
        await using var backend = await MemcachedBackend.OpenAsync([proxy.Address], new MemcachedBackendOptions { Timeout = brief });
        await backend.SetAsync("key", new byte[5_000]);
        Assert.Single(await backend.GetManyAsync(["key"]));
        proxy.Change = piece => piece.Select(value => new[] { value });
        proxy.Pause = TimeSpan.FromMilliseconds(50);
        var began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<CacheBackendException>(() => backend.GetAsync("key").AsTask());
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, brief * 1.1 + TimeSpan.FromMilliseconds(150));
        began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<CacheBackendException>(() => backend.GetManyAsync(["key"]).AsTask());
        Assert.InRange(Stopwatch.GetElapsedTime(began), brief * 9, brief * 11 + TimeSpan.FromMilliseconds(150));
    }

    [Fact]
    public async Task Batches_ServerHungInTheMidst_EndInTimeAndGoOnAfterwards()
    {
        await StoreAsync(100, 1_000);
        _server.Process.Hang();
        for (var round = 0; round < 2; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await Task.WhenAll(
                Assert.ThrowsAsync<CacheBackendException>(() => _backend.GetManyAsync(Names(100)).AsTask()),
                Assert.ThrowsAsync<CacheBackendException>(() => _backend.SetManyAsync(Names(100).Select(name => new SetRequest(name, new byte[100_000]))).AsTask()),
                Assert.ThrowsAsync<CacheBackendException>(() => _backend.DeleteManyAsync(Names(100)).AsTask()),
                Assert.ThrowsAsync<CacheBackendException>(() => _backend.GetAsync("key0").AsTask()));
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, LongestCall);
        }

        _server.Process.GoOn();
        await Eventually.TrueAsync(async () => (await _backend.GetManyAsync(Names(100))).Count == 100);
    }

    [Theory]
    [InlineData(SetCondition.Always)]
    [InlineData(SetCondition.IfAbsent)]
    [InlineData(SetCondition.IfNewer)]
    public async Task Set_EveryStepOfItSlow_HasOneTimeForAllOfThem(SetCondition condition)
    {
        var timeout = TimeSpan.FromSeconds(1);
        await using var backend = await MemcachedBackend.OpenAsync([$"{Loopback.Host}:{_proxy.Port}"], new MemcachedBackendOptions { Timeout = timeout });
        await backend.SetAsync("key", new byte[1], condition == SetCondition.IfNewer ? SetOptions.IfNewer(1) : null);
        _proxy.Cut();

        // Until it is seen here.
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        _proxy.Delay = timeout * 0.45;
        var began = Stopwatch.GetTimestamp();
        await Record.ExceptionAsync(() => backend.SetAsync("key", new byte[1], new SetOptions { Condition = condition, Version = condition == SetCondition.IfNewer ? 2 : null }).AsTask());
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, timeout * 1.1 + TimeSpan.FromMilliseconds(150));
    }

    [Fact]
    public async Task Connection_OneOpenAndTheOthersRefused_ServesEveryCall()
    {
        _proxy.IsRefusing = true;
        await _backend.SetStringAsync("key", "value");
        for (var round = 0; round < 20; round++)
        {
            var gets = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _backend.GetStringAsync("key").AsTask()));
            Assert.All(gets, value => Assert.Equal("value", value));
            Assert.Single(await _backend.GetManyAsync(["key", "missing"]));
        }
    }

    [Fact]
    public async Task SetMany_LargeValuesOverANetworkThatTakesThemSlowly_AreStored()
    {
        await using var proxy = new AnswerProxy(_server.Port);
        await using var backend = await MemcachedBackend.OpenAsync([proxy.Address], new MemcachedBackendOptions { Timeout = Timeout });
        proxy.RequestPause = TimeSpan.FromMilliseconds(1);
        var value = Value("large", 8_000_000);
        var began = Stopwatch.GetTimestamp();
        Assert.Equal([SetOutcome.Stored, SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("one", value), new SetRequest("two", value)]));
        Assert.True(Stopwatch.GetElapsedTime(began) > Timeout, "It was not slow.");
        proxy.RequestPause = TimeSpan.Zero;
        Assert.All(await backend.GetManyAsync(["one", "two"]), pair => Assert.Equal(value, pair.Value));
    }

    [Fact]
    public async Task Calls_LateAgainAndAgainOnConnectionsThatGoOn_NeverGetAnothersValue()
    {
        var brief = TimeSpan.FromMilliseconds(60);
        await using var backend = await MemcachedBackend.OpenAsync([$"{Loopback.Host}:{_proxy.Port}"], new MemcachedBackendOptions { Timeout = brief });
        await StoreAsync(40, 10_000);
        _proxy.Delay = TimeSpan.FromMilliseconds(10);
        var (late, right) = (0, 0);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2); i++)
            {
                var name = $"key{i % 40}";
                try
                {
                    Assert.Equal(Value(name, 10_000), await backend.GetAsync(name));
                    Interlocked.Increment(ref right);
                }
                catch (CacheBackendException)
                {
                    Interlocked.Increment(ref late);
                }
            }
        })));
        Assert.True(late > 0 && right > 0, $"{late} late, {right} right.");
    }

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"key{i}")];

    private static byte[] Value(string name, int length) => [.. Enumerable.Repeat((byte)name.GetHashCode(StringComparison.Ordinal), length)];

    private async Task StoreAsync(int count, int length) =>
        Assert.All(await _backend.SetManyAsync(Names(count).Select(name => new SetRequest(name, Value(name, length)))), outcome => Assert.Equal(SetOutcome.Stored, outcome));
}
