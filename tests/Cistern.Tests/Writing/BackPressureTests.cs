namespace Cistern.Tests.Writing;

/// <summary>Backends of different speed: the fast one goes ahead as far as allowed, and what is on its way stays bounded.</summary>
[Collection(nameof(Cistern.Tests.Memory.MeasuresTheHeap))]
public sealed class BackPressureTests
{
    private const int Batch = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Write_OneBackendIsSlow_TheOtherGoesAheadByTheBoundAndNoFurther()
    {
        using var slow = new HookedBackend("slow");
        using var fast = new HookedBackend("fast");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isAhead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long fastDone = 0, slowDone = 0, mostAhead = 0;
        slow.OnBatch = async (drafts, _) =>
        {
            await gate.Task;
            var outcomes = await slow.StoreAsync(drafts);
            Interlocked.Add(ref slowDone, drafts.Count);
            return outcomes;
        };
        fast.OnBatch = async (drafts, _) =>
        {
            var outcomes = await fast.StoreAsync(drafts);
            if (Interlocked.Add(ref fastDone, drafts.Count) == 100) isAhead.SetResult();
            return outcomes;
        };

        var writing = new CacheWriter([slow, fast], new CacheWriterOptions { BatchRecords = Batch, MaxQueuedRecords = 100 }).WriteAsync(Counting());
        await isAhead.Task.WaitAsync(Patience, TimeProvider.System);
        gate.SetResult();
        var report = await writing;

        Assert.True(report.IsComplete);
        Assert.Equal([2000, 2000], report.Backends.Select(backend => backend.Stored));

        // The queue, the batch that found no room, the batch that was being gathered, and the record that completed it.
        Assert.InRange(mostAhead, 100, 100 + Batch + Batch + 1);

        IEnumerable<WriteRecord> Counting()
        {
            for (var i = 1; i <= 2000; i++)
            {
                mostAhead = Math.Max(mostAhead, i - Interlocked.Read(ref slowDone));
                yield return WriteRecords.Numbered1(i);
            }
        }
    }

    [Fact]
    public async Task Write_LargeValues_AreBoundedInBytes()
    {
        const int ValueBytes = 100_000;
        using var slow = new HookedBackend("slow");
        using var fast = new HookedBackend("fast");
        long done = 0, mostAhead = 0;
        slow.OnBatch = async (drafts, _) =>
        {
            await Task.Yield();
            Interlocked.Add(ref done, drafts.Count);
            return [.. drafts.Select(_ => SetOutcome.Stored)];
        };
        fast.OnBatch = (drafts, _) => new([.. drafts.Select(_ => SetOutcome.Stored)]);

        var report = await new CacheWriter([slow, fast], new CacheWriterOptions { BatchBytes = 250_000, MaxQueuedBytes = 1_000_000 }).WriteAsync(Counting());

        Assert.True(report.IsComplete);
        Assert.InRange(mostAhead, 1, 10 + 2 + 2 + 1);

        IEnumerable<WriteRecord> Counting()
        {
            for (var i = 1; i <= 500; i++)
            {
                mostAhead = Math.Max(mostAhead, i - Interlocked.Read(ref done));
                yield return new WriteRecord($"key:{i}", new byte[ValueBytes]);
            }
        }
    }

    [Fact]
    public async Task Write_AValueLargerThanTheQueue_GoesThroughAlone()
    {
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        WriteRecord[] records = [WriteRecords.Of("a", "1"), new WriteRecord("b", new byte[5000]), WriteRecords.Of("c", "3")];

        var report = await new CacheWriter([backend], new CacheWriterOptions { BatchBytes = 1000, MaxQueuedBytes = 1000 }).WriteAsync(records);

        Assert.True(report.IsComplete);
        Assert.Equal(5000, (await backend.GetAsync("b"))!.Length);
    }

    [Fact]
    public async Task Write_ManyRecordsToABackendThatKeepsNothing_HoldsLittle()
    {
        using var backend = new HookedBackend();
        backend.OnBatch = (drafts, _) => new(new SetOutcome[drafts.Count]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;

        // 400 MB pass through.
        var report = await new CacheWriter([backend]).WriteAsync(Many());

        Assert.Equal(400_000, report.Backends[0].Stored);
        Assert.InRange(most, 0, 64L * 1024 * 1024);

        IEnumerable<WriteRecord> Many()
        {
            for (var i = 0; i < 400_000; i++)
            {
                if (i % 100_000 == 99_999) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
                yield return new WriteRecord($"key:{i}", new byte[1024]);
            }
        }
    }

    [Fact]
    public async Task Write_SmallValuesOfLongLines_HoldNoLine()
    {
        var fields = new RecordFields { Key = "k", Value = "v" };

        // 500 lines of 1 MB, of which a byte is wanted.
        await CheckHeldAsync(500, i => $$"""{"k": "{{i}}", "v": 1, "rest": "{{new string('r', 1 << 20)}}"}""", fields);
    }

    [Fact]
    public async Task Write_SmallStringsWithEscapes_HoldNoLine()
    {
        var fields = new RecordFields { Key = "k", Value = "v" };
        var escapes = string.Concat(Enumerable.Repeat("\\u0061", 1 << 17));

        await CheckHeldAsync(300, i => $$"""{"k": "{{i}}", "v": "{{escapes}}"}""", fields);
    }

    [Fact]
    public async Task Write_LargeMetadata_IsBoundedInBytes()
    {
        var fields = new RecordFields { Key = "k", Value = "v", Metadata = "m" };

        await CheckHeldAsync(100, i => $$$"""{"k": "{{{i}}}", "v": 1, "m": {"name": "{{{new string('m', 1 << 20)}}}"}}""", fields);
    }

    [Fact]
    public async Task Write_ManyNamesOfMetadata_AreBoundedInBytes()
    {
        const int Names = 10_000;
        var metadata = Enumerable.Range(0, Names).ToDictionary(number => $"name {number}", _ => "");

        // About 1.5 MB each.
        await CheckHeldAsync(Enumerable.Range(0, 100).Select(i => WriteRecords.Numbered1(i) with { Metadata = new Dictionary<string, string>(metadata) }), 100);
    }

    [Fact]
    public async Task Write_LargeValuesInBatchesOfManyRecords_HoldNoEmptyPlaces()
    {
        var isRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new CacheWriterOptions { BatchRecords = 100_000, BatchBytes = 1 };

        // A hundred thousand places are 5 MB.
        await CheckHeldAsync(Records(), 200, options, isRead.Task);

        IEnumerable<WriteRecord> Records()
        {
            foreach (var record in WriteRecords.Numbered(200)) yield return record;
            isRead.SetResult();
        }
    }

    private static async Task CheckHeldAsync(int count, Func<int, string> line, RecordFields fields)
    {
        using var lines = new LinesStream(Enumerable.Range(0, count).Select(line));
        await CheckHeldAsync(JsonLinesRecords.Read(lines, "lines", fields), count);
    }

    // Without a bound on what is really held, all the records would be in one batch, or in the queue.
    private static async Task CheckHeldAsync(IEnumerable<WriteRecord> records, int count, CacheWriterOptions? options = null, Task? beginning = null)
    {
        using var backend = new HookedBackend();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        backend.OnBatch = async (drafts, _) =>
        {
            await (beginning ?? Task.CompletedTask).WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            return new SetOutcome[drafts.Count];
        };

        var report = await new CacheWriter([backend], options).WriteAsync(records);

        Assert.True(report.IsComplete, report.InputError?.Message);
        Assert.Equal(count, report.Backends[0].Stored);
        Assert.InRange(most, 0, 64L * 1024 * 1024);
    }

    /// <summary>Lines that are made as they are read.</summary>
    private sealed class LinesStream(IEnumerable<string> lines) : Stream
    {
        private readonly IEnumerator<string> _lines = lines.GetEnumerator();
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_rest.IsEmpty && _lines.MoveNext()) _rest = System.Text.Encoding.UTF8.GetBytes(_lines.Current + "\n");
            var read = Math.Min(count, _rest.Length);
            _rest.Span[..read].CopyTo(buffer.AsSpan(offset));
            _rest = _rest[read..];
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _lines.Dispose();
            base.Dispose(disposing);
        }
    }
}
