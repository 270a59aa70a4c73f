using System.Text;

namespace Cistern.Tests.Writing;

/// <summary>Backends that fail: whatever they do, no record is said to be stored that is absent, and no other backend suffers.</summary>
public sealed class WriteFaultTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Write_FaultsAtRandom_SaysNothingIsStoredThatIsAbsent(int seed)
    {
        var random = new Random(seed);
        var records = WriteRecords.Numbered(random.Next(1, 1200)).ToArray();
        using var healthy = new HookedBackend("healthy");
        using var faulty = new HookedBackend("faulty");
        using var other = new HookedBackend("other");
        using var cancellation = new CancellationTokenSource();
        var faults = new InjectedFaults(random.Next(), cancellation) { MayHang = random.Next(4) == 0 };
        faulty.OnBatch = (drafts, cancellationToken) => faults.PlayAsync(faulty, drafts, cancellationToken);
        var others = new InjectedFaults(random.Next(), cancellation);
        other.OnBatch = (drafts, cancellationToken) => others.PlayAsync(other, drafts, cancellationToken);
        var options = new CacheWriterOptions
        {
            BatchRecords = random.Next(1, 64),
            MaxQueuedRecords = random.Next(1, 300),
            MaxListedRecords = int.MaxValue,
            OnFailure = random.Next(4) == 0 ? WriteFailureHandling.StopAtFirstFailure : WriteFailureHandling.Continue,
        };

        var report = await new CacheWriter([healthy, faulty, other], options).WriteAsync(records, null, cancellation.Token);

        WriteRecords.CheckSum(report);
        if (!report.IsStopped && !report.IsCancelled) Assert.Equal(records.Length, report.Accepted);
        await CheckStoredAsync(healthy, report.Backends[0], report, records);
        await CheckStoredAsync(faulty, report.Backends[1], report, records);
        await CheckStoredAsync(other, report.Backends[2], report, records);
        CheckHealthy(report.Backends[0], report, options);
    }

    [Fact]
    public async Task Write_OneBackendFailsHalfWay_TheOtherIsComplete()
    {
        using var healthy = new HookedBackend("healthy");
        using var faulty = new HookedBackend("faulty");
        var batches = 0;
        faulty.OnBatch = (drafts, _) => ++batches <= 5 ? faulty.StoreAsync(drafts) : throw new IOException("the disk is gone");

        var report = await new CacheWriter([faulty, healthy], new CacheWriterOptions { BatchRecords = 10, MaxListedRecords = 2 }).WriteAsync(WriteRecords.Numbered(100));

        Assert.True(report.Backends[1].IsComplete);
        Assert.Equal((50, 50), (report.Backends[0].Stored, report.Backends[0].Failed));
        Assert.Equal("the disk is gone", Assert.IsType<CacheBackendException>(report.Backends[0].FirstError).InnerException!.Message);
        Assert.Equal([51L, 52], report.Backends[0].Unstored.Select(record => record.Number));
        Assert.Null(report.Backends[0].Unstored[0].Outcome);
        Assert.NotNull(report.Backends[0].Unstored[0].Error);
        Assert.False(report.IsComplete);
        Assert.False(report.IsStopped);
    }

    [Fact]
    public async Task Write_ABackendThatFailsOnce_IsWrittenToAgain()
    {
        using var faulty = new HookedBackend();
        var batches = 0;
        faulty.OnBatch = (drafts, _) => ++batches == 3 ? throw new IOException("for a moment") : faulty.StoreAsync(drafts);

        var report = await new CacheWriter([faulty], new CacheWriterOptions { BatchRecords = 10 }).WriteAsync(WriteRecords.Numbered(100));

        Assert.Equal((90, 10), (report.Backends[0].Stored, report.Backends[0].Failed));
        Assert.Equal("value 100", await faulty.TextAsync("key:100"));
    }

    [Fact]
    public async Task Write_ABatchFailsAfterItWasStored_IsCountedAsFailed()
    {
        using var faulty = new HookedBackend();
        faulty.OnBatch = async (drafts, _) =>
        {
            await faulty.StoreAsync(drafts);
            throw new TimeoutException("no answer");
        };

        var report = await new CacheWriter([faulty]).WriteAsync(WriteRecords.Numbered(10));

        Assert.Equal((0, 10), (report.Backends[0].Stored, report.Backends[0].Failed));
        Assert.Equal("value 1", await faulty.TextAsync("key:1"));
    }

    [Fact]
    public async Task Write_TooFewOutcomes_IsAFailureOfTheBatch()
    {
        using var faulty = new HookedBackend("short");
        faulty.OnBatch = (drafts, _) => new([SetOutcome.Stored]);

        var report = await new CacheWriter([faulty]).WriteAsync(WriteRecords.Numbered(10));

        Assert.Equal((0, 10), (report.Backends[0].Stored, report.Backends[0].Failed));
        Assert.Contains("1 outcomes for 10 records", report.Backends[0].FirstError!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    public async Task Write_AnOutcomeThatThereIsNot_IsAFailureOfTheBatchAndOfNothingTwice(int place)
    {
        using var faulty = new HookedBackend("odd");
        faulty.OnBatch = (drafts, _) => new([.. drafts.Select((_, i) => i == place ? (SetOutcome)99 : SetOutcome.Stored)]);

        var report = await new CacheWriter([faulty]).WriteAsync(WriteRecords.Numbered(10));

        WriteRecords.CheckSum(report);
        Assert.Equal((0, 10), (report.Backends[0].Stored, report.Backends[0].Failed));
        Assert.Contains("an outcome that there is not", report.Backends[0].FirstError!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ADisposedBackend_FailsEveryRecordThereAndNoneElsewhere()
    {
        var disposed = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        disposed.Dispose();
        using var healthy = new HookedBackend();

        var report = await new CacheWriter([disposed, healthy]).WriteAsync(WriteRecords.Numbered(10));

        Assert.Equal(10, report.Backends[0].Failed);
        Assert.IsType<ObjectDisposedException>(report.Backends[0].FirstError);
        Assert.True(report.Backends[1].IsComplete);
    }

    [Fact]
    public async Task Write_StopAtFirstFailure_BeginsNothingMoreAnywhere()
    {
        using var faulty = new HookedBackend("faulty");
        using var healthy = new HookedBackend("healthy");
        var read = 0;
        faulty.OnBatch = (drafts, _) => drafts[0].Key == "key:31" ? throw new IOException("gone") : faulty.StoreAsync(drafts);
        var options = new CacheWriterOptions { BatchRecords = 10, MaxQueuedRecords = 50, OnFailure = WriteFailureHandling.StopAtFirstFailure };

        var report = await new CacheWriter([faulty, healthy], options).WriteAsync(WriteRecords.Numbered(1_000_000).Select(record => { read++; return record; }));

        Assert.True(report.IsStopped);
        Assert.False(report.IsComplete);
        Assert.Equal((30, 10), (report.Backends[0].Stored, report.Backends[0].Failed));
        Assert.Equal(report.Accepted - 40, report.Backends[0].Unwritten);
        Assert.InRange(read, 40, 200);
        WriteRecords.CheckSum(report);
        Assert.Equal(report.Backends[1].Stored, await healthy.KeysAsync().CountAsync());
    }

    [Fact]
    public async Task Write_StopAtAFailureOfTheLastBatch_IsNotCutShort()
    {
        using var faulty = new HookedBackend();
        faulty.OnBatch = (_, _) => throw new IOException("gone");

        var report = await new CacheWriter([faulty], new CacheWriterOptions { OnFailure = WriteFailureHandling.StopAtFirstFailure }).WriteAsync(WriteRecords.Numbered(10));

        Assert.False(report.IsStopped);
        Assert.Equal((10, 10, 0), (report.Accepted, report.Backends[0].Failed, report.Backends[0].Unwritten));
        Assert.False(report.IsComplete);
    }

    // A batch whose turn came in the moment of the cancellation counts as failed, as any that is cancelled in flight.
    private static void CheckHealthy(BackendWriteReport healthy, WriteReport report, CacheWriterOptions options)
    {
        if (!report.IsStopped && !report.IsCancelled) Assert.True(healthy.IsComplete);
        if (healthy.Failed == 0) return;
        Assert.True(report.IsCancelled);
        Assert.InRange(healthy.Failed, 1, options.BatchRecords);
        Assert.IsAssignableFrom<OperationCanceledException>(healthy.FirstError);
    }

    private static async Task CheckStoredAsync(HookedBackend backend, BackendWriteReport told, WriteReport report, WriteRecord[] records)
    {
        var unstored = told.Unstored.Select(record => record.Number).ToHashSet();
        var stored = 0;
        for (var number = 1L; number < (told.FirstUnwritten ?? report.Accepted + 1); number++)
        {
            if (unstored.Contains(number)) continue;
            stored++;
            var record = records[number - 1];
            Assert.Equal(Encoding.UTF8.GetString(record.Value.Span), await backend.Inner.TextAsync(record.Key!));
        }

        Assert.Equal(told.Stored, stored);
    }
}
