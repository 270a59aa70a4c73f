namespace Cistern.Tests.Writing;

/// <summary>Records that do not come: a write that is cancelled or stopped does not wait for them, and tells the truth.</summary>
public sealed class WriteWaitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_CancelledWhileASourceWaits_ReturnsAndLeavesItBehind(bool isAsynchronous)
    {
        using var backend = new HookedBackend();
        using var cancellation = new CancellationTokenSource();
        using var source = new PausingRecords(WriteRecords.Numbered(25), WriteRecords.Numbered(50).Skip(25));
        var writer = new CacheWriter([backend], new CacheWriterOptions { BatchRecords = 10 });

        var writing = isAsynchronous ? writer.WriteAsync(source.ReadAsync(), null, cancellation.Token) : writer.WriteAsync(source.Read(), null, cancellation.Token);
        await source.IsPausing.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
        await cancellation.CancelAsync();
        var report = await writing.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);

        Assert.True(report.IsCancelled);
        Assert.Null(report.InputError);
        Assert.Equal((25, 25), (report.Records, report.Accepted));
        Assert.Equal(0, source.Disposals);
        WriteRecords.CheckSum(report);
        Assert.True(report.Backends[0].Unwritten >= 5);
        var stored = await backend.Inner.KeysAsync(cancellationToken: CancellationToken.None).CountAsync(CancellationToken.None);
        Assert.Equal(report.Backends[0].Stored, stored);

        source.GoOn();
        await source.IsDisposed.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);

        Assert.Equal(1, source.Disposals);
        Assert.Equal(26, source.Given);
        Assert.Equal(stored, await backend.Inner.KeysAsync(cancellationToken: CancellationToken.None).CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Write_StoppedByAFailureWhileASourceWaits_Returns()
    {
        using var backend = new HookedBackend();
        using var source = new PausingRecords(WriteRecords.Numbered(11), []);
        backend.OnBatch = async (_, _) =>
        {
            await source.IsPausing;
            throw new IOException("gone");
        };

        var report = await new CacheWriter([backend], new CacheWriterOptions { BatchRecords = 10, OnFailure = WriteFailureHandling.StopAtFirstFailure })
            .WriteAsync(source.Read()).WaitAsync(Patience, TimeProvider.System, CancellationToken.None);

        Assert.True(report.IsStopped);
        Assert.False(report.IsCancelled);
        Assert.Equal((11, 10, 1), (report.Accepted, report.Backends[0].Failed, report.Backends[0].Unwritten));
        source.GoOn();
        await source.IsDisposed.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task Write_ASourceThatFailsAfterItWasLeft_TroublesNobody()
    {
        using var backend = new HookedBackend();
        using var cancellation = new CancellationTokenSource();
        using var source = new PausingRecords([], Failing());
        var unobserved = new List<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args)
        {
            lock (unobserved) unobserved.AddRange(args.Exception.InnerExceptions);
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            var writing = new CacheWriter([backend]).WriteAsync(source.Read(), null, cancellation.Token);
            await source.IsPausing.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
            await cancellation.CancelAsync();
            var report = await writing.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
            source.GoOn();
            await source.IsDisposed.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
            for (var i = 0; i < 3; i++)
            {
                await Task.Yield();
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.Null(report.InputError);
            lock (unobserved) Assert.DoesNotContain(unobserved, error => error is TimeoutException { Message: "left" });
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        static IEnumerable<WriteRecord> Failing()
        {
            yield return WriteRecords.Numbered1(1) is { Key: null } record ? record : throw new TimeoutException("left");
        }
    }

    [Fact]
    public async Task Write_CancelledWhileASourceHeedsTheToken_DisposesItBeforeItReturns()
    {
        using var backend = new HookedBackend();
        using var cancellation = new CancellationTokenSource();
        var isWaiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isDisposed = false;

        var writing = new CacheWriter([backend]).WriteAsync(HeedingAsync(CancellationToken.None), null, cancellation.Token);
        await isWaiting.Task.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
        await cancellation.CancelAsync();
        var report = await writing.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);

        Assert.True(report.IsCancelled);
        Assert.True(isDisposed);

        async IAsyncEnumerable<WriteRecord> HeedingAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                yield return WriteRecords.Numbered1(1);
                isWaiting.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            finally
            {
                isDisposed = true;
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_ASourceWhoseCallbackThrowsOrHangs_IsStoppedWithAReport(bool throws)
    {
        using var backend = new HookedBackend();
        using var hanging = new ManualResetEventSlim();
        var isWaiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backend.OnBatch = async (_, _) =>
        {
            await isWaiting.Task;
            throw new IOException("gone");
        };

        var report = await new CacheWriter([backend], new CacheWriterOptions { BatchRecords = 1, OnFailure = WriteFailureHandling.StopAtFirstFailure })
            .WriteAsync(RegisteringAsync(CancellationToken.None)).WaitAsync(Patience, TimeProvider.System, CancellationToken.None);

        Assert.True(report.IsStopped);
        Assert.Equal("gone", report.Backends[0].FirstError!.InnerException!.Message);
        Assert.Equal((2, 1, 1), (report.Accepted, report.Backends[0].Failed, report.Backends[0].Unwritten));
        hanging.Set();
        end.SetResult();

        async IAsyncEnumerable<WriteRecord> RegisteringAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var registration = cancellationToken.Register(() =>
            {
                if (throws) throw new InvalidOperationException("a callback of the source");
                hanging.Wait();
            });
            yield return WriteRecords.Numbered1(1);
            yield return WriteRecords.Numbered1(2);
            isWaiting.SetResult();
            await end.Task;
        }
    }

    /// <summary>Records that pause in the middle, deaf to every token, until they are told to go on.</summary>
    private sealed class PausingRecords(IEnumerable<WriteRecord> before, IEnumerable<WriteRecord> after) : IDisposable
    {
        private readonly TaskCompletionSource _pausing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _disposals;
        private int _given;

        public Task IsPausing => _pausing.Task;

        public Task IsDisposed => _disposed.Task;

        public int Disposals => Volatile.Read(ref _disposals);

        public int Given => Volatile.Read(ref _given);

        public void GoOn() => _goOn.TrySetResult();

        public IEnumerable<WriteRecord> Read()
        {
            try
            {
                foreach (var record in before) yield return Count(record);
                _pausing.SetResult();
                _goOn.Task.Wait(CancellationToken.None);
                foreach (var record in after) yield return Count(record);
            }
            finally
            {
                End();
            }
        }

        public async IAsyncEnumerable<WriteRecord> ReadAsync()
        {
            try
            {
                foreach (var record in before) yield return Count(record);
                _pausing.SetResult();
                await _goOn.Task;
                foreach (var record in after) yield return Count(record);
            }
            finally
            {
                End();
            }
        }

        public void Dispose() => GoOn();

        private WriteRecord Count(WriteRecord record)
        {
            Interlocked.Increment(ref _given);
            return record;
        }

        private void End()
        {
            Interlocked.Increment(ref _disposals);
            _disposed.TrySetResult();
        }
    }
}
