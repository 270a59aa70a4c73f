namespace Cistern.Cli.Tests;

public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(50_000)]
    public void Of_SoManyElements_GivesThemInOrder(int count) =>
        Assert.Equal(Enumerable.Range(0, count), ReadAhead.Of(Enumerable.Range(0, count), TestContext.Current.CancellationToken).SelectMany(batch => batch));

    [Fact]
    public void Of_ReadingThatFails_FailsAfterAllThatWasRead()
    {
        static IEnumerable<int> Broken()
        {
            for (var i = 0; i < 3_000; i++) yield return i;
            throw new InvalidDataException("line 3001");
        }

        var last = -1;
        try
        {
            foreach (var batch in ReadAhead.Of(Broken(), TestContext.Current.CancellationToken)) last = batch[^1];
        }
        catch (InvalidDataException error)
        {
            Assert.Equal("line 3001", error.Message);
            Assert.Equal(2_999, last);
            return;
        }

        Assert.Fail("What the reading threw is lost.");
    }

    [Fact]
    public void Of_ConsumerThatStops_EndsTheReading()
    {
        var isOver = false;
        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++) yield return i;
            }
            finally
            {
                isOver = true;
            }
        }

        Assert.Equal(0, ReadAhead.Of(Endless(), TestContext.Current.CancellationToken).First()[0]);
        Assert.True(isOver);
    }

    [Fact]
    public async Task Of_ConsumerThatStopsWhileTheLastBatchWaits_EndsTheReading()
    {
        // Five full batches and a part: one in hand, four in the queue, and the part has no place.
        var stopping = Task.Run(async () =>
        {
            foreach (var _ in ReadAhead.Of(Enumerable.Range(0, 12_000), CancellationToken.None))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
                break;
            }
        });
        await stopping.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Of_CancelledWhileReadingWaits_DoesNotWaitForIt()
    {
        using var cancellation = new CancellationTokenSource();
        using var more = new ManualResetEventSlim();
        var isWaiting = new TaskCompletionSource();
        IEnumerable<int> Waiting()
        {
            isWaiting.SetResult();
            more.Wait(CancellationToken.None);
            yield return 0;
        }

        var reading = Task.Run(() => ReadAhead.Of(Waiting(), cancellation.Token).ToArray(), CancellationToken.None);
        await isWaiting.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        more.Set();
    }

    [Fact]
    public void Of_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var _ in ReadAhead.Of(Forever(), cancellation.Token)) cancellation.Cancel();
        });

        static IEnumerable<int> Forever()
        {
            while (true) yield return 0;
        }
    }
}
