namespace Cistern.Tests;

/// <summary>The backend closes between a write and the fsync that the write waits for.</summary>
public sealed class ClosingGroupTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FaultyCalls _calls = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_TheBackendFoldsWhileItWaits_IsAcknowledged()
    {
        FileBackend? backend = null;
        var isClosed = false;
        backend = Open(() =>
        {
            backend!.Dispose();
            isClosed = true;
        });
        WriteUntil(backend, () => isClosed);
        AssertReopens();
    }

    [Fact]
    public void Write_TheBackendCannotFoldWhileItWaits_IsNotAcknowledged()
    {
        FileBackend? backend = null;
        backend = Open(() =>
        {
            _calls.Fails = (_, name) => name == "create";
            Assert.Throws<CacheBackendException>(backend!.Dispose);
            _calls.Fails = null;
        });
        Assert.Throws<ObjectDisposedException>(() => WriteUntil(backend, () => false));
        AssertReopens();
    }

    private static void WriteUntil(FileBackend backend, Func<bool> isEnough)
    {
        for (var i = 0; i < 100 && !isEnough(); i++) Assert.Equal(SetOutcome.Stored, backend.Set($"key {i % 5}", new byte[100]));
        Assert.True(isEnough());
    }

    // What is to run as the compaction runs instead of it, in the time of the write that starts it.
    private FileBackend Open(Action instead) => FileBackend.Open(
        _folder.Cache,
        new FileBackendOptions { Durability = FileDurability.Group, CompactionBytes = 700 },
        new StoreEnvironment
        {
            Calls = _calls,
            Start = _ =>
            {
                instead();
                return Task.CompletedTask;
            },
        });

    private void AssertReopens()
    {
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        Assert.NotEmpty(Model.Read(reopened));
        Assert.Equal(SetOutcome.Stored, reopened.Set("after", "1"u8.ToArray()));
    }
}
