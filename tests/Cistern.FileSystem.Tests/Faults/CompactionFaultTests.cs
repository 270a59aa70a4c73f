namespace Cistern.Tests;

/// <summary>A compaction that fails is tried again while there is room, and a journal without room is folded before anything is refused.</summary>
public sealed class CompactionFaultTests : IDisposable
{
    private const int MaxFileBytes = 100_000;

    private static readonly byte[] Large = [.. Enumerable.Repeat((byte)'x', 60_000)];

    private readonly TempFolder _folder = new();
    private readonly FaultyCalls _calls = new();
    private Action? _inTheMiddle;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Compaction_FailedOnce_IsTriedAgainWhileThereIsRoom()
    {
        using (var backend = Open(AtOnce.Run))
        {
            _calls.Fails = (_, name) => name == "create" && JournalBytes is > 0 and < 60_000;
            var largest = 0L;
            for (var i = 0; i < 300; i++)
            {
                Write(backend, i);
                largest = Math.Max(largest, JournalBytes);
            }

            Assert.InRange(largest, 60_000, 90_000);
            _calls.Fails = null;
        }

        AssertHolds(300);
    }

    [Fact]
    public void Compaction_FailedUntilTheJournalIsFull_WritesResumeWithTheRoom()
    {
        using (var backend = Open(AtOnce.Run))
        {
            _calls.Fails = (_, name) => name == "create" && JournalBytes > 0;
            var written = 0;
            Exception? fault = null;
            while (fault is null && written < 200) fault = Record.Exception(() => Write(backend, written++));
            Assert.Contains("injected", Assert.IsType<CacheBackendException>(fault).Message, StringComparison.Ordinal);
            Assert.InRange(JournalBytes, 98_000, MaxFileBytes);
            _calls.Fails = null;
            for (var i = written; i < written + 200; i++) Write(backend, i);
            AssertHolds(backend, written + 200);
        }
    }

    [Fact]
    public void Compaction_ThatKeepsFailing_IsNotTriedAtEveryWrite()
    {
        using var backend = Open(AtOnce.Run);
        var tries = 0;
        _calls.Fails = (_, name) => name == "create" && JournalBytes > 0 && ++tries > 0;
        var written = 0;
        while (Record.Exception(() => Write(backend, written)) is null) written++;
        Assert.InRange(written, 90, 100);
        Assert.InRange(tries, 2, 10);
        _calls.Fails = null;
    }

    [Fact]
    public void Write_WithoutRoomInTheJournal_FoldsItFirst()
    {
        // The compaction in the background never gets its turn.
        using (var backend = Open(_ => Task.CompletedTask))
        {
            for (var i = 0; i < 45; i++) Write(backend, i);
            Assert.Equal(SetOutcome.Stored, backend.Set("large", Large));
            Assert.InRange(JournalBytes, 60_000, 61_000);
        }

        AssertHolds(45, "large");
    }

    [Fact]
    public void Write_LargerThanAnyJournal_IsRefusedAndNothingIsFolded()
    {
        using var backend = Open(AtOnce.Run);
        Write(backend, 0);
        var made = _calls.Made.Count;
        Assert.Contains("MaxFileBytes", Assert.Throws<CacheBackendException>(() => backend.Set("large", new byte[MaxFileBytes])).Message, StringComparison.Ordinal);
        Assert.Equal(made, _calls.Made.Count);
        Write(backend, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ThatFoldsInTheMiddleOfACompaction_LosesNothing(bool isSecondWrite)
    {
        using (var backend = Open(AtOnce.Run))
        {
            for (var i = 0; i < 45; i++) Write(backend, i);
            _calls.Fails = (_, _) =>
            {
                var middle = _inTheMiddle;
                _inTheMiddle = null;
                middle?.Invoke();
                return false;
            };
            _inTheMiddle = () =>
            {
                if (isSecondWrite) Write(backend, 45);
                backend.Set("large", Large);
                if (!isSecondWrite) Write(backend, 45);
                Write(backend, 46);
            };
            backend.Compact();
            Assert.Null(_inTheMiddle);
            Write(backend, 47);
            AssertHolds(backend, 48, "large");
            backend.Abandon();
        }

        AssertHolds(48, "large");
        Assert.DoesNotContain(_folder.Names, name => name.EndsWith(".tmp", StringComparison.Ordinal) || name.EndsWith(".next", StringComparison.Ordinal));
    }

    private long JournalBytes => File.Exists(_folder.Cache + ".journal") ? new FileInfo(_folder.Cache + ".journal").Length : 0;

    private static void Write(FileBackend backend, int number) => Assert.Equal(SetOutcome.Stored, backend.Set($"key {number % 5}", Value(number)));

    private static byte[] Value(int number)
    {
        var value = new byte[960];
        BitConverter.TryWriteBytes(value, number);
        return value;
    }

    private FileBackend Open(Func<Action, Task> start) =>
        FileBackend.Open(_folder.Cache, new FileBackendOptions { MaxFileBytes = MaxFileBytes }, new StoreEnvironment { Calls = _calls, Start = start });

    private void AssertHolds(int written, string? other = null)
    {
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        AssertHolds(reopened, written, other);
    }

    private static void AssertHolds(FileBackend backend, int written, string? other = null)
    {
        for (var i = written - 5; i < written; i++) Assert.Equal(Value(i), backend.Get($"key {i % 5}"));
        if (other is not null) Assert.True(backend.Exists(other));
    }
}
