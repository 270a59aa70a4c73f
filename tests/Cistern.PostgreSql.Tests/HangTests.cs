using System.Text;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>A server that hangs, and a network that loses what is sent: each call ends in its time as a fault, and afterwards all is well without a new backend.</summary>
public sealed class HangTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    // The promise: a timeout and a tenth.
    private static readonly TimeSpan Longest = Short * 1.1;

    [Fact]
    public async Task HungServer_EveryCall_IsAFaultInItsTimeAndGoesOnAfterwards()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await faults.OpenAsync(Short);
        await backend.SetStringAsync("key", "value");
        faults.Server.Process.Hang();
        var together = await Task.WhenAll(FaultServer.Calls(backend).Select(async call => (call.Member, Result: await FaultServer.MeasureAsync(call.Call))));
        faults.Server.Process.GoOn();
        foreach (var (member, (fault, took)) in together) AssertFault(member, fault, took);
        Assert.Equal("value", await EventuallyAsync(() => backend.GetStringAsync("after").AsTask(), async () => await backend.SetStringAsync("after", "value")));
    }

    [Fact]
    public async Task HungServer_OneConnectionAndManyCalls_EachEndsInItsTime()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await faults.OpenAsync(Short, connections: 1);
        await backend.SetStringAsync("key", "value");
        faults.Server.Process.Hang();
        for (var round = 0; round < 2; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => FaultServer.MeasureAsync(() => backend.GetAsync("key").AsTask())));
            foreach (var (fault, took) in results) AssertFault("get", fault, took);
        }

        faults.Server.Process.GoOn();
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task HalfOpenConnection_Call_IsAFaultInItsTimeAndTheNextOneWorks()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var proxy = new FaultyProxy(faults.Server.Port);
        await using var backend = await faults.OpenAsync(Short, proxy.Port, connections: 2);
        await backend.SetStringAsync("key", "value");

        // More often than there are connections: what is lost must not be waited for.
        for (var round = 0; round < 4; round++)
        {
            proxy.IsSilent = true;
            var (fault, took) = await FaultServer.MeasureAsync(() => backend.GetAsync("key").AsTask());
            AssertFault($"get {round}", fault, took);
            proxy.IsSilent = false;
            Assert.Equal("value", await backend.GetStringAsync("key"));
        }
    }

    [Fact]
    public async Task SilentNetwork_Opening_IsAFaultInItsTime()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var proxy = new FaultyProxy(faults.Server.Port) { IsSilent = true };
        var (fault, took) = await FaultServer.MeasureAsync(() => faults.OpenAsync(Short, proxy.Port));
        AssertFault("open", fault, took);
    }

    [Fact]
    public async Task CutConnection_Reads_AreTriedOnceMoreAndWritesAreFaults()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var proxy = new FaultyProxy(faults.Server.Port);

        // One connection, so that no sweep, which the first write begins, meets the cut in the write's place: its connection would take the others along.
        await using var backend = await faults.OpenAsync(Short, proxy.Port, connections: 1);
        await backend.SetStringAsync("key", "value");
        proxy.Cut();
        Assert.Equal("value", await backend.GetStringAsync("key"));
        proxy.Cut();
        await Assert.ThrowsAsync<CacheBackendException>(() => backend.SetStringAsync("key", "unknown").AsTask());
        Assert.Contains(await backend.GetStringAsync("key"), new[] { "value", "unknown" });
    }

    [Fact]
    public async Task CutInTheMidstOfAnAnswer_ALongValue_IsWholeOrAFault()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var proxy = new FaultyProxy(faults.Server.Port);
        await using var backend = await faults.OpenAsync(Short, proxy.Port);
        var value = new string('x', 100_000);
        await backend.SetStringAsync("key", value);
        for (var bytes = 1; bytes < 100_000; bytes += 9_973)
        {
            proxy.CutAfter(bytes);
            Assert.Equal(value, await backend.GetStringAsync("key"));
        }
    }

    [Fact]
    public async Task CancelledInFlight_TheCallersMemory_IsNotReadAnyMore()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await faults.OpenAsync(TimeSpan.FromSeconds(20));
        await backend.SetStringAsync("key", "warm");

        // Longer than the buffers of the sockets, so that most of it is not sent yet when the caller takes its memory back.
        var memory = Encoding.UTF8.GetBytes(new string('a', 32 * 1024 * 1024));
        using var cancellation = new CancellationTokenSource();
        faults.Server.Process.Hang();
        var set = backend.SetAsync("key", memory, null, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => set);
        memory.AsSpan().Fill((byte)'b');
        faults.Server.Process.GoOn();
        var read = await EventuallyAsync(() => backend.GetStringAsync("key").AsTask(), text => text is not "warm");
        Assert.True(read!.AsSpan().IndexOfAnyExcept('a') < 0, "The caller's later bytes were stored.");
    }

    [Fact]
    public async Task LockedRow_Set_IsAFaultInItsTimeAndTheConnectionStays()
    {
        await using var faults = await FaultServer.StartAsync();
        await using var backend = await faults.OpenAsync(Short, connections: 1);
        await backend.SetStringAsync("key", "value");
        await using (var connection = new Npgsql.NpgsqlConnection(DatabaseServer.ConnectionTo(faults.Server) + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var command = new Npgsql.NpgsqlCommand("SELECT 1 FROM cistern_cache FOR UPDATE", connection, transaction)) await command.ExecuteScalarAsync();
            var (fault, took) = await FaultServer.MeasureAsync(() => backend.SetStringAsync("key", "waits").AsTask());
            AssertFault("set", fault, took);
            Assert.Equal("value", await backend.GetStringAsync("key"));
        }

        await backend.SetStringAsync("key", "free");
    }

    private static void AssertFault(string member, Exception? fault, TimeSpan took)
    {
        Assert.True(fault is CacheBackendException, $"{member}: {fault?.ToString() ?? "nothing"}");
        Assert.True(took <= Longest, $"{member} took {took.TotalMilliseconds} ms.");
    }

    // A server that was hung takes a moment to go on.
    private static async Task<string?> EventuallyAsync(Func<Task<string?>> read, Func<Task> write)
    {
        await EventuallyAsync(async () =>
        {
            await write();
            return "";
        }, _ => true);
        return await read();
    }

    private static async Task<string?> EventuallyAsync(Func<Task<string?>> read, Func<string?, bool> isIt)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var text = await read();
                if (isIt(text) || attempt == 100) return text;
            }
            catch (CacheBackendException) when (attempt < 100)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
