using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Cistern.Testing;

namespace Cistern.Tests.Writing;

/// <summary>What a writer does with records when nothing fails.</summary>
public sealed class CacheWriterTests : IDisposable
{
    private readonly InMemoryBackend _first = new(InMemoryBackendOptions.Unbounded);
    private readonly InMemoryBackend _second = new(InMemoryBackendOptions.Unbounded);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Write_SeveralBackends_StoresEveryRecordInEach()
    {
        var report = await new CacheWriter([_first, _second]).WriteAsync(WriteRecords.Numbered(2500));

        Assert.True(report.IsComplete);
        Assert.Equal((2500, 2500, 0, 0), (report.Records, report.Accepted, report.Rejected, report.Duplicates));
        Assert.Equal([2500, 2500], report.Backends.Select(backend => backend.Stored));
        Assert.Equal("value 2500", await _second.TextAsync("key:2500"));
        Assert.Equal(2500, (await _first.GetStatsAsync()).CurrentEntries);
        WriteRecords.CheckSum(report);
    }

    [Fact]
    public async Task Write_NoRecord_IsComplete()
    {
        var report = await new CacheWriter([_first]).WriteAsync([]);

        Assert.True(report.IsComplete);
        Assert.Equal(0, report.Records);
        Assert.Equal(0, Assert.Single(report.Backends).Stored);
    }

    [Fact]
    public async Task Write_AsynchronousRecords_AreWritten()
    {
        var report = await new CacheWriter([_first]).WriteAsync(SlowlyAsync());

        Assert.Equal(100, report.Backends[0].Stored);
        Assert.Equal("value 100", await _first.TextAsync("key:100"));

        static async IAsyncEnumerable<WriteRecord> SlowlyAsync()
        {
            for (var i = 1; i <= 100; i++)
            {
                await Task.Yield();
                yield return WriteRecords.Numbered1(i);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Write_RecordsOfOneKey_TheLastWinsEverywhereAndEachIsCounted(int batch)
    {
        var records = Enumerable.Range(0, 5000).Select(number => WriteRecords.Of($"key:{number % 13}", $"{number}")).ToArray();

        var report = await new CacheWriter([_first, _second], new CacheWriterOptions { BatchRecords = batch, MaxQueuedRecords = 20 }).WriteAsync(records);

        Assert.Equal(5000 - 13, report.Duplicates);
        Assert.True(report.AreDuplicatesExact);
        Assert.Equal([5000, 5000], report.Backends.Select(backend => backend.Stored));
        foreach (var backend in new[] { _first, _second })
        {
            for (var key = 0; key < 13; key++) Assert.Equal(Encoding.UTF8.GetString(records.Last(record => record.Key == $"key:{key}").Value.Span), await backend.TextAsync($"key:{key}"));
        }
    }

    [Fact]
    public async Task Write_MoreKeysThanAreTracked_CountsDuplicatesOfThoseAndSaysSo()
    {
        var report = await new CacheWriter([_first], new CacheWriterOptions { MaxTrackedKeys = 10 }).WriteAsync(WriteRecords.Numbered(20).Concat(WriteRecords.Numbered(20)));

        Assert.Equal(10, report.Duplicates);
        Assert.False(report.AreDuplicatesExact);
        Assert.Equal(40, report.Backends[0].Stored);
    }

    [Fact]
    public async Task Write_ManyKeys_SeesNoDuplicateWhereNoneIs()
    {
        var report = await new CacheWriter([_first]).WriteAsync(WriteRecords.Numbered(200_000));

        Assert.Equal(0, report.Duplicates);
    }

    [Fact]
    public async Task Write_ToSeveralBackends_SharesTheValues()
    {
        var seen = new ConcurrentDictionary<string, ConcurrentBag<byte[]>>();
        var backends = new[] { "one", "two", "three" }.Select(name => new HookedBackend(name)).ToArray();
        foreach (var backend in backends)
        {
            backend.OnBatch = (drafts, _) =>
            {
                foreach (var draft in drafts)
                {
                    Assert.True(MemoryMarshal.TryGetArray(draft.Value.First, out var array));
                    seen.GetOrAdd(draft.Key, _ => []).Add(array.Array!);
                }

                return new([.. drafts.Select(_ => SetOutcome.Stored)]);
            };
        }

        var report = await new CacheWriter(backends).WriteAsync(WriteRecords.Numbered(50));

        Assert.True(report.IsComplete, report.Backends[0].FirstError?.ToString());
        Assert.Equal(50, seen.Count);
        Assert.All(seen.Values, arrays => Assert.Single(arrays.Distinct()));
        Assert.All(seen.Values, arrays => Assert.Equal(3, arrays.Count));
        foreach (var backend in backends) backend.Dispose();
    }

    [Fact]
    public async Task Write_RecordsThatAreNoEntries_AreRejectedWithPositionAndReason()
    {
        WriteRecord[] records =
        [
            WriteRecords.Of("a", "1"),
            WriteRecords.Of(null, "2"),
            WriteRecords.Of("nul\0", "3"),
            WriteRecords.Of("half\ud800", "4"),
            WriteRecords.Of(new string('k', CacheKey.MaxBytes + 1), "5"),
            WriteRecords.Of("large", "12345678901"),
            WriteRecords.Of("ttl", "7") with { TimeToLive = TimeSpan.Zero },
            WriteRecords.Of("metadata", "8") with { Metadata = new Dictionary<string, string> { ["name"] = "\udc00" } },
            WriteRecord.Rejected("A record must be a JSON object.", line: 9),
            WriteRecords.Of("", "10"),
        ];

        var report = await new CacheWriter([_first], new CacheWriterOptions { MaxValueBytes = 10 }).WriteAsync(records);

        Assert.Equal((10, 2, 8), (report.Records, report.Accepted, report.Rejected));
        Assert.Equal([2L, 3, 4, 5, 6, 7, 8, 9], report.RejectedRecords.Select(record => record.Number));
        Assert.Equal(9, report.RejectedRecords[^1].Line);
        Assert.Equal("The record has no key.", report.RejectedRecords[0].Reason);
        Assert.Contains("11 bytes; at most 10 bytes", report.RejectedRecords[4].Reason, StringComparison.Ordinal);
        Assert.False(report.IsComplete);
        Assert.Equal(2, report.Backends[0].Stored);
        Assert.Equal("10", await _first.TextAsync(""));
    }

    [Fact]
    public async Task Write_ManyRejected_ListsAsManyAsAskedForAndCountsAll()
    {
        var report = await new CacheWriter([_first], new CacheWriterOptions { MaxListedRecords = 3 }).WriteAsync(Enumerable.Repeat(WriteRecords.Of(null, ""), 50));

        Assert.Equal(50, report.Rejected);
        Assert.Equal([1L, 2, 3], report.RejectedRecords.Select(record => record.Number));
    }

    [Fact]
    public async Task Write_OptionsForAll_HoldUnlessARecordHasItsOwn()
    {
        var clock = new ManualTimeProvider();
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { IsUnbounded = true, TimeProvider = clock });
        var options = new CacheWriterOptions { SetOptions = new SetOptions { TimeToLive = TimeSpan.FromMinutes(1), Metadata = new Dictionary<string, string> { ["from"] = "all" } } };
        WriteRecord[] records =
        [
            WriteRecords.Of("common", "1"),
            WriteRecords.Of("own", "2") with { TimeToLive = TimeSpan.FromHours(1), Metadata = new Dictionary<string, string> { ["from"] = "own" } },
        ];

        Assert.True((await new CacheWriter([backend], options).WriteAsync(records)).IsComplete);

        var (common, own) = ((await backend.GetEntryAsync("common"))!, (await backend.GetEntryAsync("own"))!);
        Assert.Equal(clock.GetUtcNow().AddMinutes(1), common.ExpiresAt);
        Assert.Equal(clock.GetUtcNow().AddHours(1), own.ExpiresAt);
        Assert.Equal("all", common.Metadata!["from"]);
        Assert.Equal("own", own.Metadata!["from"]);
    }

    [Fact]
    public async Task Write_VersionsOfRecords_KeepTheNewestAndTellTheRest()
    {
        await _first.SetAsync("old", "0"u8.ToArray(), SetOptions.IfNewer(5));
        await _first.SetAsync("same", "0"u8.ToArray(), SetOptions.IfNewer(7));
        await _first.SetAsync("new", "0"u8.ToArray(), SetOptions.IfNewer(9));
        var records = new[] { "old", "same", "new" }.Select(key => WriteRecords.Of(key, "1") with { Version = 7 });

        var report = (await new CacheWriter([_first]).WriteAsync(records)).Backends[0];

        Assert.Equal((1, 1, 1), (report.Stored, report.AlreadyCurrent, report.Superseded));
        Assert.Equal(new UnstoredRecord(3, null, "new", SetOutcome.Superseded, null), Assert.Single(report.Unstored));
        Assert.True(report.IsComplete);
        Assert.Equal("0", await _first.TextAsync("new"));
    }

    [Fact]
    public async Task Write_OneVersionForAll_IsEveryRecords()
    {
        Assert.True((await new CacheWriter([_first], new CacheWriterOptions { SetOptions = SetOptions.IfNewer(3) }).WriteAsync(WriteRecords.Numbered(2))).IsComplete);

        Assert.Equal(3, (await _first.GetEntryAsync("key:2"))!.Version);
    }

    [Fact]
    public async Task Write_OnlyWhereAbsent_CountsWhatIsPresent()
    {
        await _first.SetAsync("key:2", "there"u8.ToArray());

        var report = (await new CacheWriter([_first], new CacheWriterOptions { SetOptions = new SetOptions { Condition = SetCondition.IfAbsent } }).WriteAsync(WriteRecords.Numbered(3))).Backends[0];

        Assert.Equal((2, 1), (report.Stored, report.Present));
        Assert.False(report.IsComplete);
        Assert.Equal("there", await _first.TextAsync("key:2"));
    }

    [Fact]
    public async Task Write_ARecordLargerThanOneBackendTakes_IsRejectedThereAndStoredElsewhere()
    {
        using var small = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 10 });
        WriteRecord[] records = [WriteRecords.Of("a", "1"), WriteRecords.Of("b", "12345678901") with { Line = 2 }, WriteRecords.Of("c", "3")];

        var report = await new CacheWriter([new WriteTarget("small", small), new WriteTarget("large", _first)]).WriteAsync(records);

        Assert.Equal(["small", "large"], report.Backends.Select(backend => backend.Name));
        Assert.Equal((2, 1), (report.Backends[0].Stored, report.Backends[0].TooLarge));
        Assert.Equal(new UnstoredRecord(2, 2, "b", SetOutcome.TooLarge, null), Assert.Single(report.Backends[0].Unstored));
        Assert.Null(report.Backends[0].FirstError);
        Assert.True(report.Backends[1].IsComplete);
        Assert.False(report.IsComplete);
    }

    [Fact]
    public async Task Write_RecordsThatCannotBeRead_AreReportedAndThoseBeforeWritten()
    {
        var report = await new CacheWriter([_first]).WriteAsync(Failing());

        Assert.Equal("cut off", Assert.IsType<CacheSourceException>(report.InputError).Message);
        Assert.Equal((10, 10), (report.Accepted, report.Backends[0].Stored));
        Assert.False(report.IsComplete);

        static IEnumerable<WriteRecord> Failing()
        {
            foreach (var record in WriteRecords.Numbered(10)) yield return record;
            throw new CacheSourceException("cut off");
        }
    }

    [Fact]
    public async Task Progress_AfterEveryBatch_EndsWithAllDone()
    {
        var told = new ConcurrentQueue<WriteProgress>();

        await new CacheWriter([new WriteTarget("one", _first), new WriteTarget("two", _second)], new CacheWriterOptions { BatchRecords = 10 })
            .WriteAsync(WriteRecords.Numbered(95), new Telling(told.Enqueue));

        foreach (var target in new[] { 0, 1 })
        {
            var mine = told.Where(progress => progress.Target == target).ToArray();
            Assert.Equal(10, mine.Length);
            Assert.Equal([10L, 20, 30, 40, 50, 60, 70, 80, 90, 95], mine.Select(progress => progress.Done));
            Assert.Equal((95, true, target == 0 ? "one" : "two"), (mine[^1].Accepted, mine[^1].IsInputRead, mine[^1].Name));
        }
    }

    [Fact]
    public async Task Progress_ThatThrows_DoesNotEndTheWrite()
    {
        var report = await new CacheWriter([_first], new CacheWriterOptions { BatchRecords = 10 }).WriteAsync(WriteRecords.Numbered(95), new Telling(_ => throw new InvalidOperationException()));

        Assert.True(report.IsComplete);
        Assert.Equal(95, report.Backends[0].Stored);
    }

    [Fact]
    public void Writer_ArgumentsThatCannotBeUsed_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => new CacheWriter((IEnumerable<CacheBackend>)null!));
        Assert.Throws<ArgumentException>(() => new CacheWriter(Array.Empty<CacheBackend>()));
        Assert.Throws<ArgumentException>(() => new CacheWriter([_first, _first]));
        Assert.Throws<ArgumentException>(() => new CacheWriter([null!, _first]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheWriter([_first], new CacheWriterOptions { BatchRecords = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheWriter([_first], new CacheWriterOptions { MaxQueuedBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheWriter([_first], new CacheWriterOptions { SetOptions = new SetOptions { TimeToLive = TimeSpan.Zero } }));
        Assert.Throws<ArgumentException>(() => new CacheWriter([_first], new CacheWriterOptions { SetOptions = new SetOptions { Version = 1 } }));
        Assert.Throws<ArgumentNullException>(() => { _ = new CacheWriter([_first]).WriteAsync((IEnumerable<WriteRecord>)null!); });
    }

    private sealed class Telling(Action<WriteProgress> tell) : IProgress<WriteProgress>
    {
        public void Report(WriteProgress value) => tell(value);
    }
}
