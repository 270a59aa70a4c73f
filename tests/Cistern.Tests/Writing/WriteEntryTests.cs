using Cistern.Testing;

namespace Cistern.Tests.Writing;

/// <summary>Records that carry all that an entry has: their ends, and a condition of their own.</summary>
public sealed class WriteEntryTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly HookedBackend _backend;

    public WriteEntryTests() => _backend = new HookedBackend("hooked", _clock);

    private DateTimeOffset Now => _clock.GetUtcNow();

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task Write_EndsOfRecords_AreKeptToTheMillisecond()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { IsUnbounded = true, TimeProvider = _clock });
        var (soon, late) = (Now.AddSeconds(10), Now.AddSeconds(60));
        var options = new CacheWriterOptions { SetOptions = new SetOptions { TimeToLive = TimeSpan.FromSeconds(5) } };

        var report = await new CacheWriter([backend], options, _clock).WriteAsync(Records());

        Assert.True(report.IsComplete);
        Assert.Equal((soon, null), Ends(await backend.GetEntryAsync("soon")));
        Assert.Equal((soon, late), Ends(await backend.GetEntryAsync("both")));
        Assert.Equal((Now.AddSeconds(4), null), Ends(await backend.GetEntryAsync("ttl")));
        Assert.Equal((Now.AddSeconds(5), late), Ends(await backend.GetEntryAsync("last")));
        Assert.True(await backend.TouchAsync("soon", TimeSpan.FromSeconds(100)));
        Assert.Equal(Now.AddSeconds(100), (await backend.GetEntryAsync("soon"))!.ExpiresAt);

        IEnumerable<WriteRecord> Records()
        {
            yield return WriteRecords.Of("soon", "1") with { ExpiresAt = soon };
            yield return WriteRecords.Of("both", "2") with { ExpiresAt = soon, AbsoluteExpiration = late };
            yield return WriteRecords.Of("ttl", "3") with { ExpiresAt = soon, TimeToLive = TimeSpan.FromSeconds(4) };
            yield return WriteRecords.Of("last", "4") with { AbsoluteExpiration = late };
            _clock.Advance(TimeSpan.FromSeconds(3));
        }

        static (DateTimeOffset?, DateTimeOffset?) Ends(CacheEntry? entry) => (entry!.ExpiresAt, entry.AbsoluteExpiration);
    }

    [Fact]
    public async Task Write_RecordsThatHaveEnded_AreCountedAndHarmNoOther()
    {
        WriteRecord[] records =
        [
            WriteRecords.Of("a", "1"),
            WriteRecords.Of("b", "2") with { ExpiresAt = Now },
            WriteRecords.Of("c", "3") with { AbsoluteExpiration = Now.AddDays(-1) },
            WriteRecords.Of("d", "4") with { ExpiresAt = Now.AddMilliseconds(1) },
        ];

        var report = await new CacheWriter([_backend], null, _clock).WriteAsync(records);

        WriteRecords.CheckSum(report);
        Assert.True(report.IsComplete);
        Assert.Equal((2, 2), (report.Backends[0].Stored, report.Backends[0].Expired));
        Assert.Empty(report.Backends[0].Unstored);
        Assert.Equal(["a", "d"], await _backend.KeysAsync(cancellationToken: CancellationToken.None).Order().ToArrayAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Write_AnEndThatComesWhileTheBatchIsHandedOver_HarmsNoOther()
    {
        var batches = 0;
        _backend.OnBatch = (drafts, _) =>
        {
            if (batches++ > 0) return _backend.StoreAsync(drafts);
            _clock.Advance(TimeSpan.FromSeconds(2));
            throw new ArgumentOutOfRangeException(nameof(drafts));
        };
        WriteRecord[] records = [WriteRecords.Of("a", "1"), WriteRecords.Of("b", "2") with { ExpiresAt = Now.AddSeconds(1) }, WriteRecords.Of("c", "3") with { ExpiresAt = Now.AddSeconds(9) }];

        var report = await new CacheWriter([_backend], null, _clock).WriteAsync(records);

        WriteRecords.CheckSum(report);
        Assert.Equal((2, 1, 0), (report.Backends[0].Stored, report.Backends[0].Expired, report.Backends[0].Failed));
    }

    [Fact]
    public async Task Write_ABackendThatRefusesForNoEnd_FailsTheBatch()
    {
        _backend.OnBatch = (drafts, _) => throw new ArgumentOutOfRangeException(nameof(drafts));

        var report = await new CacheWriter([_backend], null, _clock).WriteAsync([WriteRecords.Of("a", "1") with { ExpiresAt = Now.AddSeconds(9) }]);

        Assert.Equal((0, 1), (report.Backends[0].Stored, report.Backends[0].Failed));
    }

    [Fact]
    public async Task Write_AnEndForAllThatHasPassed_LeavesTheRestAsExpired()
    {
        var options = new CacheWriterOptions { BatchRecords = 10, SetOptions = new SetOptions { AbsoluteExpiration = Now.AddSeconds(1) } };
        _backend.OnBatch = async (drafts, _) =>
        {
            var outcomes = await _backend.StoreAsync(drafts);
            _clock.Advance(TimeSpan.FromSeconds(1));
            return outcomes;
        };

        var report = await new CacheWriter([_backend], options, _clock).WriteAsync(WriteRecords.Numbered(25));

        Assert.Equal((10, 15, 0), (report.Backends[0].Stored, report.Backends[0].Expired, report.Backends[0].Failed));
    }

    [Fact]
    public async Task Write_OnlyWhereAbsent_HoldsForRecordsWithAVersionToo()
    {
        await _backend.SetStringAsync("plain", "there");
        await _backend.SetStringAsync("older", "there", SetOptions.IfNewer(1));
        var records = new[] { "plain", "older", "new" }.Select(key => WriteRecords.Of(key, "record") with { Version = 7, Condition = SetCondition.IfAbsent })
            .Append(WriteRecords.Of("unversioned", "record") with { Condition = SetCondition.IfAbsent });

        var report = await new CacheWriter([_backend]).WriteAsync(records);

        WriteRecords.CheckSum(report);
        Assert.Equal((2, 2), (report.Backends[0].Stored, report.Backends[0].Present));
        Assert.Equal(["plain", "older"], report.Backends[0].Unstored.Select(record => record.Key));
        Assert.Equal(("there", "there", "record"), (await _backend.TextAsync("plain"), await _backend.TextAsync("older"), await _backend.TextAsync("new")));
        Assert.Equal(7, (await _backend.GetEntryAsync("new"))!.Version);
    }

    [Fact]
    public async Task Write_AConditionOfARecord_WinsOverThatForAll()
    {
        await _backend.SetStringAsync("a", "there");
        await _backend.SetStringAsync("b", "there");
        var options = new CacheWriterOptions { SetOptions = new SetOptions { Condition = SetCondition.IfAbsent } };

        var report = await new CacheWriter([_backend], options).WriteAsync([WriteRecords.Of("a", "record"), WriteRecords.Of("b", "record") with { Condition = SetCondition.Always }]);

        Assert.Equal((1, 1), (report.Backends[0].Stored, report.Backends[0].Present));
        Assert.Equal(("there", "record"), (await _backend.TextAsync("a"), await _backend.TextAsync("b")));
    }

    [Theory]
    [InlineData(SetCondition.Always, 7L, "cannot be stored always")]
    [InlineData(SetCondition.IfNewer, null, "needs a version")]
    [InlineData((SetCondition)9, null, "unknown")]
    public async Task Write_AConditionThatContradicts_RejectsTheRecordAlone(SetCondition condition, long? version, string reason)
    {
        var report = await new CacheWriter([_backend]).WriteAsync([WriteRecords.Of("a", "1") with { Condition = condition, Version = version }, WriteRecords.Of("b", "2")]);

        Assert.Contains(reason, Assert.Single(report.RejectedRecords).Reason, StringComparison.Ordinal);
        Assert.Equal(1, report.Backends[0].Stored);
    }
}
