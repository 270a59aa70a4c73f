namespace Cistern.Tests.Backfill;

public sealed class GateTests
{
    private const int Rounds = 100;
    private const int Threads = 3;
    private const long HitsPerThread = 1000;

    [Fact]
    public async Task Hits_FromSeveralThreadsBesideAMiss_AreAllCountedAndClearIt()
    {
        // Two misses among all these hits: once every hit is counted, the rate is far under the threshold.
        var options = new BackfillOptions { MissThreshold = 0.5, MinLookups = 1, MaxBackfills = 0 };
        for (var round = 0; round < Rounds; round++)
        {
            using var gate = new BackfillGate(options, TimeProvider.System);
            using var start = new Barrier(Threads + 1);
            var threads = Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    for (var i = 0; i < HitsPerThread; i++) gate.RecordHit();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            start.SignalAndWait(TestContext.Current.CancellationToken);
            gate.RecordMiss(knownAbsent: false);
            await Task.WhenAll(threads);

            var stats = gate.ReadStats(backendFaults: 0);
            Assert.Equal((Threads * HitsPerThread, 1L), (stats.Hits, stats.Misses));

            // Had the gate stayed on, this miss would be refused for the limit instead of not being due.
            Assert.Equal(BackfillDecision.None, gate.RecordMiss(knownAbsent: false).Decision);
        }
    }
}
