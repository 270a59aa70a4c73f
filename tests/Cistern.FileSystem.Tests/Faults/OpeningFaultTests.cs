namespace Cistern.Tests;

/// <summary>Opening on a disk that takes nothing, or that cannot be read.</summary>
public sealed class OpeningFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("truncate")]
    [InlineData("write")]
    public void Open_TheDiskIsFull_OpensAndHoldsTheLock(string failing)
    {
        using (var backend = FileBackend.Open(_folder.Cache)) backend.Set("key", "1"u8.ToArray());
        File.WriteAllText(_folder.Cache + ".lock", "process 4711 on elsewhere\n");
        var calls = new FaultyCalls { Fails = (_, name) => name == failing };
        using var full = FileBackend.Open(_folder.Cache, options: null, new StoreEnvironment { Calls = calls });
        Assert.Contains(failing, calls.Made);
        Assert.True(full.Exists("key"));
        Assert.Contains("open for writing", Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Cache)).Message, StringComparison.Ordinal);
        if (failing == "write") Assert.Contains("by another process", Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Cache)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AFileThatTheSystemRefuses_IsAnErrorThatNamesIt()
    {
        // A name longer than the file system takes: what fails is the system's call, as on a broken disk.
        var path = _folder.At(new string('x', 300));
        var fault = Assert.Throws<CacheBackendException>(() => FileContent.Read(path, maxBytes: 100));
        Assert.StartsWith($"{path} cannot be read: ", fault.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>(fault.InnerException, exactMatch: false);
    }
}
