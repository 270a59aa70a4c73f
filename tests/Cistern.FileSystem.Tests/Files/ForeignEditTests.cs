using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>A key that was added by hand, and had been deleted with a version before.</summary>
public sealed class ForeignEditTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(59)]
    [InlineData(3600)]
    public void HandEdit_Accepted_HoldsADeletedKeyToo(int secondsLater)
    {
        using (var backend = Open())
        {
            backend.Set("kept", "1"u8.ToArray());
            backend.Delete("added", 7);
        }

        File.WriteAllText(_folder.Cache, "{\"kept\": \"1\", \"added\": \"by hand\"}");
        _clock.Advance(TimeSpan.FromSeconds(secondsLater));
        using (var backend = Open())
        {
            Assert.Equal(["added", "kept"], Model.Read(backend).Keys.Order(StringComparer.Ordinal));
            backend.Set("new", "2"u8.ToArray());
        }

        using var reopened = Open();
        Assert.Empty(reopened.Findings);
        Assert.True(reopened.Exists("added"));
    }

    [Fact]
    public void Tombstone_ThatHasEnded_IsNotLoaded()
    {
        using (var backend = Open())
        {
            backend.Set("kept", "1"u8.ToArray());
            backend.Delete("gone", 7);
        }

        long withTombstone;
        using (var backend = Open()) withTombstone = backend.MaxEntriesMemoryBytes!.Value;
        _clock.Advance(TimeSpan.FromMinutes(2));
        using var reopened = Open();
        Assert.True(reopened.MaxEntriesMemoryBytes > withTombstone);
        Assert.Equal(SetOutcome.Stored, reopened.Set("gone", "2"u8.ToArray(), SetOptions.IfNewer(3)));
    }

    private FileBackend Open() => FileBackend.Open(_folder.Cache, new FileBackendOptions { TimeProvider = _clock, ForeignEdits = ForeignEdits.Accept });
}
