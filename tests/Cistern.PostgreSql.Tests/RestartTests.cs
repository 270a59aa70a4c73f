using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cistern.Tests;

/// <summary>A server that is killed and started again while four threads use it.</summary>
public sealed class RestartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = Timeout * 1.1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledAndStartedAgain_UnderLoad_NoWrongValueAndBackWithinASecond(bool isLogged)
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await PostgreSqlBackend.OpenAsync(DatabaseServer.ConnectionTo(faults.Server), new PostgreSqlBackendOptions { Timeout = Timeout, IsLogged = isLogged });
        using var end = new CancellationTokenSource();
        var load = new Load(backend, end.Token);
        var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(() => load.RunAsync(caller))).ToList();
        for (var round = 0; round < 2; round++)
        {
            await load.WaitForSuccessAsync(200);
            await faults.Server.KillAsync();
            await load.WaitForFaultsAsync(20);
            await faults.Server.StartAgainAsync();
            var back = Stopwatch.GetTimestamp();
            await load.WaitForSuccessAsync(4);
            var recovered = Stopwatch.GetElapsedTime(back);
            output.WriteLine($"recovered after {recovered.TotalMilliseconds:0} ms");
            Assert.True(recovered < TimeSpan.FromSeconds(1), $"Recovered only after {recovered.TotalMilliseconds} ms.");
        }

        await end.CancelAsync();
        await Task.WhenAll(callers);
        output.WriteLine($"{load.Successes} calls, {load.Faults} faults, the longest call {load.LongestCall.TotalMilliseconds:0} ms");
        Assert.Empty(load.Wrong);
        Assert.True(load.LongestCall <= Longest, $"A call took {load.LongestCall.TotalMilliseconds} ms.");
        if (isLogged) Assert.Empty(load.Lost);
    }

    /// <summary>Sets and gets keys, each thread its own, and knows which values may be there.</summary>
    private sealed class Load(CacheBackend backend, CancellationToken end)
    {
        private long _successes;
        private long _faults;
        private long _longestTicks;

        public ConcurrentBag<string> Wrong { get; } = [];

        public ConcurrentBag<string> Lost { get; } = [];

        public long Successes => Interlocked.Read(ref _successes);

        public long Faults => Interlocked.Read(ref _faults);

        public TimeSpan LongestCall => new(Interlocked.Read(ref _longestTicks));

        public async Task RunAsync(int caller)
        {
            var acknowledged = new string?[20];
            var unknown = Enumerable.Range(0, 20).Select(_ => new List<string>()).ToArray();
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                var slot = i % 20;
                var key = $"{caller}:{slot}";
                if (i / 20 % 2 == 0)
                {
                    var value = $"{key}:{i}";
                    if (await TryAsync(async () => await backend.SetStringAsync(key, value))) (acknowledged[slot], unknown[slot]) = (value, []);
                    else unknown[slot].Add(value);
                    continue;
                }

                string? read = null;
                if (!await TryAsync(async () => read = await backend.GetStringAsync(key))) continue;
                if (read is null && acknowledged[slot] is not null) Lost.Add(key);
                if (read is not null && read != acknowledged[slot] && !unknown[slot].Contains(read)) Wrong.Add($"{key} is {read}, not {acknowledged[slot]}");
            }
        }

        public Task WaitForSuccessAsync(int more) => WaitAsync(() => Successes, more);

        public Task WaitForFaultsAsync(int more) => WaitAsync(() => Faults, more);

        private static async Task WaitAsync(Func<long> count, int more)
        {
            var target = count() + more;
            while (count() < target) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        private async Task<bool> TryAsync(Func<Task> call)
        {
            var (fault, took) = await FaultServer.MeasureAsync(call);
            for (var longest = _longestTicks; took.Ticks > longest;) longest = Interlocked.CompareExchange(ref _longestTicks, took.Ticks, longest);
            if (fault is null) Interlocked.Increment(ref _successes);
            else Interlocked.Increment(ref _faults);
            if (fault is not null and not CacheBackendException) Wrong.Add(fault.ToString());
            return fault is null;
        }
    }
}
