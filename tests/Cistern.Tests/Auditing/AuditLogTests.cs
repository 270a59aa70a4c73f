namespace Cistern.Tests.Auditing;

public sealed class AuditLogTests
{
    private static AuditEntry Entry(AuditAction action, long lookups = 1) => new() { Action = action, At = DateTimeOffset.UnixEpoch, Lookups = lookups };

    [Fact]
    public void Record_BeyondTheCapacity_DropsTheOldestAndCountsThem()
    {
        var log = new AuditLog(3);
        for (var i = 1; i <= 5; i++) log.Record(Entry(AuditAction.Backfill, i));
        Assert.Equal([3, 4, 5], log.Entries.Select(entry => entry.Lookups));
        Assert.Equal((2, 3), (log.Dropped, log.Capacity));
    }

    [Fact]
    public void Record_BeyondTheCapacity_CountsAStateThatLastsToo()
    {
        var log = new AuditLog(2);
        log.Record(Entry(AuditAction.Backfill, 1));
        log.Record(Entry(AuditAction.Backfill, 2));
        log.Record(Entry(AuditAction.SkippedEmptySource, 3));
        Assert.Equal([2, 3], log.Entries.Select(entry => entry.Lookups));
        Assert.Equal(1, log.Dropped);
    }

    [Theory]
    [InlineData(AuditAction.SkippedEmptySource)]
    [InlineData(AuditAction.ManualInterventionRequired)]
    public void Record_TheSameStateAgain_OnlyCounts(AuditAction action)
    {
        var log = new AuditLog();
        for (var i = 1; i <= 4; i++) log.Record(Entry(action, i));
        var entry = Assert.Single(log.Entries);
        Assert.Equal((1, 4), (entry.Lookups, entry.Count));
    }

    [Fact]
    public void Record_AnotherStateBetween_BeginsAnew()
    {
        var log = new AuditLog();
        log.Record(Entry(AuditAction.SkippedEmptySource));
        log.Record(Entry(AuditAction.Backfill));
        log.Record(Entry(AuditAction.SkippedEmptySource));
        Assert.Equal(3, log.Entries.Count);
    }

    [Fact]
    public void Sink_ReceivesEveryEntry_ACountedOneWhenItIsFinal()
    {
        var sink = new ListSink();
        var log = new AuditLog(1, sink);
        log.Record(Entry(AuditAction.Backfill));
        log.Record(Entry(AuditAction.SkippedEmptySource));
        log.Record(Entry(AuditAction.SkippedEmptySource));
        Assert.Single(sink.Entries);
        log.Record(Entry(AuditAction.Resumed));
        log.Record(Entry(AuditAction.ManualInterventionRequired));
        log.Flush();
        log.Flush();
        Assert.Equal(
            [(AuditAction.Backfill, 1L), (AuditAction.SkippedEmptySource, 2L), (AuditAction.Resumed, 1L), (AuditAction.ManualInterventionRequired, 1L)],
            sink.Entries.Select(entry => (entry.Action, entry.Count)));
    }

    [Fact]
    public void Sink_ThatThrows_DoesNotStopTheLog()
    {
        var log = new AuditLog(10, new ListSink { Fail = true });
        log.Record(Entry(AuditAction.Backfill));
        Assert.Single(log.Entries);
        Assert.Equal(1, log.SinkFailures);
    }

    [Fact]
    public void ActionName_OfEveryAction_IsItsNameInJson() => Assert.Equal(
        ["backfill", "force_backfill", "backfill_failed", "skipped_empty_source", "manual_intervention_required", "resumed"],
        Enum.GetValues<AuditAction>().Select(action => Entry(action).ActionName));

    [Fact]
    public void Capacity_Zero_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new AuditLog(0));

    private sealed class ListSink : IAuditSink
    {
        public List<AuditEntry> Entries { get; } = [];

        public bool Fail { get; init; }

        public void Write(AuditEntry entry)
        {
            if (Fail) throw new IOException();
            Entries.Add(entry);
        }
    }
}
