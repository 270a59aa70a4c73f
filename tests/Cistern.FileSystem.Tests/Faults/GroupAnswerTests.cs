namespace Cistern.Tests;

/// <summary>With one fsync for many writers, an answer that goes by another's write is no more certain than that write.</summary>
public sealed class GroupAnswerTests
{
    [Fact]
    public async Task AlreadyCurrent_OfAWriteWhoseFsyncFails_IsNotAnswered()
    {
        using var folder = new TempFolder();
        using var isSyncing = new ManualResetEventSlim();
        using var mayFail = new ManualResetEventSlim();
        var calls = new FaultyCalls();
        var cancel = TestContext.Current.CancellationToken;
        using var backend = FileBackend.Open(folder.Cache, new FileBackendOptions { Durability = FileDurability.Group }, new StoreEnvironment { Calls = calls });
        Assert.Equal(SetOutcome.Stored, backend.Set("key", "4"u8.ToArray(), SetOptions.IfNewer(4)));
        calls.Fails = (_, name) =>
        {
            if (name != "fsync") return false;
            isSyncing.Set();
            mayFail.Wait(cancel);
            return true;
        };

        var first = Task.Run(() => backend.Set("key", "5"u8.ToArray(), SetOptions.IfNewer(5)), cancel);
        isSyncing.Wait(cancel);
        var same = Task.Run(() => backend.Set("key", "5"u8.ToArray(), SetOptions.IfNewer(5)), cancel);
        var absent = Task.Run(() => backend.Set("key", "6"u8.ToArray(), new SetOptions { Condition = SetCondition.IfAbsent }), cancel);

        // Both have looked at the entry once they wait.
        Assert.NotSame(same, await Task.WhenAny(same, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancel)));
        mayFail.Set();

        foreach (var set in new[] { first, same, absent }) await Assert.ThrowsAsync<CacheBackendException>(() => set);
        Assert.Equal("4"u8.ToArray(), backend.Get("key"));
    }
}
