using System.Globalization;

namespace Cistern.Tests;

/// <summary>Other clients that fill by leases, beside the backend: what a lease leaves is no entry, and whatever the backend does to a key ends its leases.</summary>
public sealed class LeaseTests(SharedServers servers) : IAsyncLifetime
{
    private readonly MemcachedBackendOptions _options = SuiteOptions.Of();
    private MemcachedBackend _backend = null!;

    public async ValueTask InitializeAsync() => _backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(servers.One)], _options);

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    [Fact]
    public async Task Lease_OfAnother_IsAMissAndGivesWayToEverySet()
    {
        var request = new SetRequest("key", new byte[] { 1 });
        foreach (var options in new[] { SetOptions.Default, new SetOptions { Condition = SetCondition.IfAbsent }, SetOptions.IfNewer(1) })
        {
            await LeaseAsync("key");
            Assert.Null(await _backend.GetAsync("key"));
            Assert.False(await _backend.ExistsAsync("key"));
            Assert.False(await _backend.TouchAsync("key", TimeSpan.FromMinutes(1)));
            Assert.Empty(await _backend.GetManyAsync(["key"]));
            Assert.Equal(SetOutcome.Stored, await _backend.SetAsync("key", request.Value, options));
            Assert.Equal([1], await _backend.GetAsync("key"));
            Assert.True(await _backend.DeleteAsync("key"));
        }
    }

    [Fact]
    public async Task Fill_WithALease_IsLateBehindWhateverTheBackendDid()
    {
        Func<Task>[] changes =
        [
            async () => Assert.False(await _backend.DeleteAsync("key")),
            async () => Assert.Equal(0, await _backend.DeleteManyAsync(["key"])),
            async () => Assert.False(await _backend.DeleteAsync("key", 5)),
            async () => Assert.Equal(SetOutcome.Stored, await _backend.SetAsync("key", new byte[1])),
            async () => Assert.Equal([SetOutcome.Stored], await _backend.SetManyAsync([new SetRequest("key", new byte[1], SetOptions.IfNewer(7))])),
        ];
        foreach (var change in changes)
        {
            await _backend.DeleteAsync("key");
            var lease = await LeaseAsync("key");
            await change();
            Assert.Contains(await FillAsync("key", lease), (string[])["NF\r\n", "EX\r\n"]);
        }
    }

    [Fact]
    public async Task Fill_OfABackfillingCache_DeletedWhileTheSourceWasRead_IsNotStored()
    {
        var source = new SlowSource();
        await using var cache = new BackfillingCache(_backend, source, new BackfillOptions { MinLookups = 1_000 });
        var lookup = cache.GetAsync("key").AsTask();
        await source.IsRead.Task;
        await _backend.DeleteAsync("key");
        source.MayAnswer.SetResult();
        Assert.Equal([1], await lookup);
        Assert.Null(await _backend.GetAsync("key"));

        // The next one is.
        Assert.Equal([1], await cache.GetAsync("key"));
        Assert.Equal([1], await _backend.GetAsync("key"));
    }

    // The number of the empty item's change, which the fill must still find.
    private async Task<ulong> LeaseAsync(string key)
    {
        var answer = await RawTalk.AskAsync(servers.One, $"mg {_options.Prefix}{key} v c N30\r\n");
        Assert.Contains(" W", answer, StringComparison.Ordinal);
        return ulong.Parse(answer.Split(" c")[1].Split(' ', '\r')[0], CultureInfo.InvariantCulture);
    }

    private Task<string> FillAsync(string key, ulong lease) => RawTalk.AskAsync(servers.One, $"ms {_options.Prefix}{key} 5 C{lease}\r\nstale\r\n");

    /// <summary>A source that says when it is read, and answers when it may.</summary>
    private sealed class SlowSource : ICacheSource
    {
        public TaskCompletionSource IsRead { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayAnswer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "slow";

        public async ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
        {
            IsRead.TrySetResult();
            await MayAnswer.Task;
            return new SourceEntry(key, new byte[] { 1 });
        }

        public ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
