using System.Collections.Concurrent;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Whatever fails, no task is left whose exception nobody has seen.</summary>
public sealed class UnobservedFaultTests
{
    [Fact]
    public async Task Faults_OfBatchesAndOfCallsThatWereCancelled_LeaveNothingUnobserved()
    {
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs told) => unobserved.Enqueue(told.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await FailAsync();
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.DoesNotContain(unobserved, fault => fault.ToString().Contains(nameof(MemcachedFaultException), StringComparison.Ordinal) || fault.ToString().Contains(nameof(MemcachedBackend), StringComparison.Ordinal));
    }

    private static async Task FailAsync()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        var backend = await MemcachedBackend.OpenAsync([$"{Loopback.Host}:{proxy.Port}"], new MemcachedBackendOptions { Timeout = TimeSpan.FromMilliseconds(200) });
        var keys = Enumerable.Range(0, 2_000).Select(i => $"key{i}").ToList();
        for (var round = 0; round < 3; round++)
        {
            proxy.IsSilent = true;
            using var cancellation = new CancellationTokenSource();
            Task[] failing =
            [
                backend.GetManyAsync(keys).AsTask(),
                backend.SetManyAsync(keys.Select(key => new SetRequest(key, new byte[1_000]))).AsTask(),
                backend.DeleteManyAsync(keys).AsTask(),
                backend.GetAsync("key", cancellation.Token).AsTask(),
                backend.SetManyAsync(keys.Select(key => new SetRequest(key, new byte[1_000])), cancellation.Token).AsTask(),
                backend.GetAsync("key").AsTask(),
            ];
            await cancellation.CancelAsync();
            foreach (var call in failing) Assert.NotNull(await Record.ExceptionAsync(() => call));
            proxy.IsSilent = false;
            await Eventually.TrueAsync(async () => !await backend.ExistsAsync("key") && (await backend.GetManyAsync(keys)).Count == 0);
        }

        // Those that wait when it ends, one of them for a connection that is never made.
        proxy.IsSilent = true;
        var left = new[] { backend.GetManyAsync(keys).AsTask(), backend.GetManyAsync(keys).AsTask() };
        await backend.DisposeAsync();
        foreach (var call in left) Assert.NotNull(await Record.ExceptionAsync(() => call));
    }
}
