namespace Cistern.Tests;

/// <summary>A reader that opens the file while a writer in another process appends a large record.</summary>
public sealed class ReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly byte[] _journal;
    private readonly int _from;

    public ReaderTests()
    {
        using var backend = FileBackend.Open(_folder.Cache);
        backend.Set("before", "1"u8.ToArray());
        _from = (int)new FileInfo(_folder.Cache + ".journal").Length;
        backend.Set("large", new byte[10_000]);
        backend.Abandon();
        _journal = File.ReadAllBytes(_folder.Cache + ".journal");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reader_AnAppendThatEndsMeanwhile_SeesItAndNoDamage()
    {
        var written = _from + 100;
        using var reader = Open(() => written = Math.Min(written + 4_000, _journal.Length), () => written);
        Assert.Empty(reader.Findings);
        Assert.Equal(["before", "large"], Model.Read(reader).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Reader_AnAppendThatTakesLong_SeesWhatWasWrittenBeforeAndNoDamage()
    {
        var written = _from + 100;
        using var reader = Open(() => written++, () => written);
        Assert.Empty(reader.Findings);
        Assert.Equal(["before"], Model.Read(reader).Keys);
    }

    [Fact]
    public void Reader_AHalfRecordThatStays_IsReported()
    {
        var pauses = 0;
        using var reader = Open(() => pauses++, () => _from + 100);
        Assert.Contains("no whole record", Assert.Single(reader.Findings).What, StringComparison.Ordinal);
        Assert.Equal(["before"], Model.Read(reader).Keys);
        Assert.InRange(pauses, 1, 5);
    }

    private FileBackend Open(Action write, Func<int> written)
    {
        Write(written());
        return FileBackend.Open(_folder.Cache, new FileBackendOptions { IsReadOnly = true }, new StoreEnvironment
        {
            Pause = () =>
            {
                write();
                Write(written());
            },
        });
    }

    private void Write(int length) => File.WriteAllBytes(_folder.Cache + ".journal", _journal[..length]);
}
