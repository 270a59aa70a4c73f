namespace Cistern.Tests.Memory;

/// <summary>Small histories of a few threads on one key, recorded and searched for an order in which they could have happened one by one.</summary>
public sealed class LogHistoryTests
{
    private const int Threads = 3;
    private const int OperationsEach = 20;
    private const int Histories = 1000;
    private const string Key = "the key of all";
    private const int MostValueBytes = 600;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Operations_OnOneKey_AreLinearizable(int seed, bool isOneLength)
    {
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        var recorded = new HistoryOperation[Histories][];
        for (var i = 0; i < Histories; i++) recorded[i] = new HistoryOperation[Threads * OperationsEach];
        var arrived = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(seed * 100 + thread);
                for (var history = 0; history < Histories; history++)
                {
                    Meet(ref arrived, (2 * history + 1) * Threads);
                    if (thread == 0) backend.Delete(Key);
                    Meet(ref arrived, (2 * history + 2) * Threads);
                    for (var i = 0; i < OperationsEach; i++) recorded[history][thread * OperationsEach + i] = Act(backend, random, thread * OperationsEach + i + 1, isOneLength);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        // That they do overlap is what makes it a test.
        Assert.True(recorded.Count(Overlaps) > Histories / 50, $"{recorded.Count(Overlaps)} histories overlap.");
        var wrong = recorded.FirstOrDefault(history => !History.IsLinearizable(history));
        Assert.True(wrong is null, $"Seed {seed}:{Environment.NewLine}{string.Join(Environment.NewLine, (IEnumerable<HistoryOperation>?)wrong ?? [])}");
    }

    [Fact]
    public void Check_OfHistoriesThatCannotBe_RefusesThem()
    {
        // Set, then deleted, and got afterwards.
        Assert.False(History.IsLinearizable([new(HistoryAct.Set, 1, 1, 0, 1), new(HistoryAct.Delete, 0, 1, 2, 3), new(HistoryAct.Get, 0, 1, 4, 5)]));

        // Two readers see two sets in different orders.
        Assert.False(History.IsLinearizable(
        [
            new(HistoryAct.Set, 1, 1, 0, 9), new(HistoryAct.Set, 2, 1, 0, 9),
            new(HistoryAct.Get, 0, 1, 10, 11), new(HistoryAct.Get, 0, 2, 12, 13),
        ]));

        // Both were the first.
        Assert.False(History.IsLinearizable([new(HistoryAct.SetIfAbsent, 1, 1, 0, 5), new(HistoryAct.SetIfAbsent, 2, 1, 1, 4)]));
    }

    [Fact]
    public void Check_OfHistoriesThatCanBe_TakesThem()
    {
        Assert.True(History.IsLinearizable([new(HistoryAct.Set, 1, 1, 0, 9), new(HistoryAct.Get, 0, 0, 1, 2), new(HistoryAct.Get, 0, 1, 3, 4), new(HistoryAct.Delete, 0, 1, 5, 12)]));
        Assert.True(History.IsLinearizable([new(HistoryAct.SetIfAbsent, 1, 0, 0, 5), new(HistoryAct.SetIfAbsent, 2, 1, 1, 4), new(HistoryAct.Exists, 0, 1, 6, 7)]));
    }

    // Spinning, so that all go on at the same moment.
    private static void Meet(ref int arrived, int all)
    {
        Interlocked.Increment(ref arrived);
        var spin = new SpinWait();
        while (Volatile.Read(ref arrived) < all) spin.SpinOnce(sleep1Threshold: -1);
    }

    private static bool Overlaps(HistoryOperation[] history) => history.Any(one => history.Any(other => one.Began < other.Began && other.Began < one.Ended));

    private static HistoryOperation Act(InMemoryBackend backend, Random random, int given, bool isOneLength)
    {
        var act = (HistoryAct)random.Next(5);
        if (random.Next(3) == 0) act = HistoryAct.Set;
        var value = Value(given, isOneLength ? 100 : given * 131 % MostValueBytes + 1);
        var into = new byte[MostValueBytes + 1];
        var way = random.Next(3);
        var began = Moment();

        // Where there are not enough processors, one thread goes on only when another one is stopped: now and then within an operation, as seen from outside.
        if (random.Next(8) == 0) Thread.Yield();
        var result = act switch
        {
            HistoryAct.Get => way switch
            {
                0 => backend.Get(Key) is { } got ? Read(got) : 0,
                1 => backend.TryGet(Key, into, out var length) == LookupOutcome.Hit ? Read(into.AsSpan(0, length)) : 0,
                _ => ReadInPlace(backend),
            },
            HistoryAct.Set => backend.Set(Key, value) == SetOutcome.Stored ? 1 : 0,
            HistoryAct.SetIfAbsent => backend.Set(Key, value, new SetOptions { Condition = SetCondition.IfAbsent }) == SetOutcome.Stored ? 1 : 0,
            HistoryAct.Delete => backend.Delete(Key) ? 1 : 0,
            _ => backend.Exists(Key) ? 1 : 0,
        };
        if (random.Next(8) == 0) Thread.Yield();
        return new HistoryOperation(act, act is HistoryAct.Set or HistoryAct.SetIfAbsent ? given : 0, result, began, Moment());
    }

    private static long _moment;

    private static long Moment() => Interlocked.Increment(ref _moment);

    private static int ReadInPlace(InMemoryBackend backend)
    {
        var seen = new int[1];
        backend.TryRead(Key, seen, static (value, seen) => seen[0] = Read(value));
        return seen[0];
    }

    private static byte[] Value(int given, int length)
    {
        var value = new byte[length];
        value.AsSpan().Fill((byte)given);
        return value;
    }

    // A value that is torn is none that was ever set.
    private static int Read(ReadOnlySpan<byte> value) => value.IndexOfAnyExcept(value[0]) < 0 ? value[0] : -1;
}
