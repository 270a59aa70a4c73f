namespace Cistern.Tests.Writing;

/// <summary>A cancelled write returns a report, and what it says is so.</summary>
public sealed class WriteCancellationTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Write_CancelledAnywhere_ReportsWhatIsThere(int seed)
    {
        var random = new Random(seed);
        using var cancellation = new CancellationTokenSource();
        using var first = new HookedBackend("first");
        using var second = new HookedBackend("second");
        var cancelAt = random.Next(1, 1000);
        var inBackend = random.Next(2) == 0;
        var options = new CacheWriterOptions { BatchRecords = random.Next(1, 50), MaxQueuedRecords = random.Next(1, 200), MaxListedRecords = int.MaxValue };
        first.OnBatch = async (drafts, cancellationToken) =>
        {
            if (inBackend && drafts.Any(draft => draft.Key == $"key:{cancelAt}")) await cancellation.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return await first.StoreAsync(drafts);
        };

        var report = await new CacheWriter([first, second], options).WriteAsync(Cancelling(), null, cancellation.Token);

        Assert.True(report.IsCancelled);
        Assert.False(report.IsComplete);
        Assert.Null(report.InputError);
        WriteRecords.CheckSum(report);
        foreach (var (backend, told) in new[] { (first, report.Backends[0]), (second, report.Backends[1]) })
        {
            var unstored = told.Unstored.Select(record => record.Number).ToHashSet();
            var stored = Enumerable.Range(1, (int)(told.FirstUnwritten ?? report.Accepted + 1) - 1).Where(number => !unstored.Contains(number)).ToArray();
            Assert.Equal(told.Stored, stored.Length);
            foreach (var number in stored) Assert.Equal($"value {number}", await backend.Inner.TextAsync($"key:{number}"));
        }

        IEnumerable<WriteRecord> Cancelling()
        {
            foreach (var record in WriteRecords.Numbered(1000))
            {
                if (!inBackend && record.Key == $"key:{cancelAt}") cancellation.Cancel();
                yield return record;
            }

            // A write that is cancelled while its last batch is in flight has nothing left to leave out.
            for (var i = 1001; inBackend && i < 2000; i++) yield return WriteRecords.Numbered1(i);
        }
    }

    [Fact]
    public async Task Write_CancelledBeforeItBegins_ReadsNothing()
    {
        using var backend = new HookedBackend();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        var report = await new CacheWriter([backend]).WriteAsync(WriteRecords.Numbered(1000), null, cancellation.Token);

        Assert.True(report.IsCancelled);
        Assert.InRange(report.Records, 0, 1);
        Assert.Equal(0, report.Backends[0].Stored);
        Assert.Empty(await backend.KeysAsync().ToListAsync());
    }

    [Fact]
    public async Task Write_CancelledAfterItsEnd_IsNotCancelled()
    {
        using var backend = new HookedBackend();
        using var cancellation = new CancellationTokenSource();
        backend.OnBatch = async (drafts, _) =>
        {
            var outcomes = await backend.StoreAsync(drafts);
            await cancellation.CancelAsync();
            return outcomes;
        };

        // The records are read to their end before the only batch is handed on.
        var report = await new CacheWriter([backend]).WriteAsync(WriteRecords.Numbered(10), null, cancellation.Token);

        Assert.False(report.IsCancelled);
        Assert.True(report.IsComplete);
    }

    [Fact]
    public async Task Write_ABackendHangs_CancellingEndsIt()
    {
        using var hanging = new HookedBackend("hanging");
        using var healthy = new HookedBackend("healthy");
        using var cancellation = new CancellationTokenSource();
        var isHanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hanging.OnBatch = async (_, cancellationToken) =>
        {
            isHanging.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return [];
        };
        healthy.OnBatch = async (drafts, _) =>
        {
            var outcomes = await healthy.StoreAsync(drafts);
            await isHanging.Task;
            if (drafts.Any(draft => draft.Key == "key:50")) await cancellation.CancelAsync();
            return outcomes;
        };

        var report = await new CacheWriter([hanging, healthy], new CacheWriterOptions { BatchRecords = 10, MaxQueuedRecords = 50 }).WriteAsync(WriteRecords.Numbered(1000), null, cancellation.Token);

        Assert.True(report.IsCancelled);
        Assert.Equal((0, 10), (report.Backends[0].Stored, report.Backends[0].Failed));
        Assert.Equal(11, report.Backends[0].FirstUnwritten);
        Assert.True(report.Backends[1].Stored >= 50);
        WriteRecords.CheckSum(report);
    }
}
