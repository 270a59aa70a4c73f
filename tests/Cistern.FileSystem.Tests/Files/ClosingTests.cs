namespace Cistern.Tests;

/// <summary>A write or a compaction that overlaps the end of its backend does nothing any more once the lock may be another's.</summary>
public sealed class ClosingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly InterruptingClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Write_OverlappingTheEnd_IsRefusedAndWritesNothing(bool hasJournal, bool isKilled)
    {
        var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { TimeProvider = _clock });
        if (hasJournal) backend.Set("before", "1"u8.ToArray());
        string[] names = [];
        _clock.Interruption = () =>
        {
            if (isKilled) backend.Abandon();
            backend.Dispose();
            names = _folder.Names;
        };
        Assert.Throws<ObjectDisposedException>(() => backend.Set("late", "2"u8.ToArray()));
        Assert.Equal(names, _folder.Names);
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Equal(hasJournal ? ["before"] : [], Model.Read(reopened).Keys);
    }

    [Fact]
    public void Write_OverlappingTheEnd_LeavesTheJournalOfTheNextOwnerAlone()
    {
        var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { TimeProvider = _clock });
        FileBackend? next = null;
        _clock.Interruption = () =>
        {
            backend.Dispose();
            next = FileBackend.Open(_folder.Cache);
            next.Set("next", "1"u8.ToArray());
        };
        Assert.Throws<ObjectDisposedException>(() => backend.Set("late", "2"u8.ToArray()));
        next!.Set("last", "3"u8.ToArray());
        next.Abandon();
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        Assert.Equal(["last", "next"], Model.Read(reopened).Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compaction_StartedWhileTheBackendCloses_ChangesNothing(bool isKilled)
    {
        Action? compaction = null;
        var environment = new StoreEnvironment
        {
            Start = late =>
            {
                compaction = late;
                return Task.CompletedTask;
            },
        };
        using (var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { CompactionBytes = 1 }, environment))
        {
            backend.Set("key", "1"u8.ToArray());
            if (isKilled) backend.Abandon();
        }

        var before = Contents();
        compaction!();
        Assert.Equal(before, Contents());
    }

    private (string Name, string Content)[] Contents() => [.. _folder.Names.Select(name => (name, Convert.ToHexString(File.ReadAllBytes(_folder.At(name)))))];
}
