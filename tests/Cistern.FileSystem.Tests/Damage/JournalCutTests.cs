namespace Cistern.Tests;

/// <summary>A journal that ends anywhere: what was written whole before is there, nothing else is, and the file opens.</summary>
public sealed class JournalCutTests : IDisposable
{
    private const int LastBytes = 4 * 1024;
    private const int Operations = 60;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Journal_CutAtEveryByteOfItsEnd_OpensWithAPrefix()
    {
        var model = new Model();
        var ends = new List<long>();
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            for (var i = 0; i < Operations; i++)
            {
                model.Run(backend);
                ends.Add(new FileInfo(_folder.Cache + ".journal").Length);
            }

            backend.Abandon();
        }

        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        Assert.Equal(ends[^1], journal.Length);
        for (var cut = journal.Length; cut >= Math.Max(ends[0], journal.Length - LastBytes); cut--)
        {
            File.WriteAllBytes(_folder.Cache + ".journal", journal[..cut]);
            using var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { IsReadOnly = true });
            var whole = ends.Count(end => end <= cut);
            Assert.True(Model.AreEqual(model.States[whole], Model.Read(backend)), $"Cut at {cut}: {Model.Show(Model.Read(backend))} instead of {Model.Show(model.States[whole])}");
            Assert.Equal(ends.Contains(cut) ? 0 : 1, backend.Findings.Count);
        }
    }

    [Fact]
    public void Journal_Cut_TheNextWriteKeepsACopyOfTheTail()
    {
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("first", "1"u8.ToArray());
            backend.Set("second", "2"u8.ToArray());
            backend.Abandon();
        }

        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        File.WriteAllBytes(_folder.Cache + ".journal", journal[..^5]);
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            Assert.Single(backend.Findings);
            Assert.Equal(["first"], Model.Read(backend).Keys);
            backend.Set("third", "3"u8.ToArray());
        }

        var tail = Assert.Single(_folder.Names, name => name.EndsWith(".tail", StringComparison.Ordinal));
        Assert.True(journal.AsSpan().IndexOf(File.ReadAllBytes(_folder.At(tail))) > 0);
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        Assert.Equal(["first", "third"], Model.Read(reopened).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Journal_AZeroedPageInTheMiddle_IsCutThere()
    {
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            for (var i = 0; i < 100; i++) backend.Set($"key {i}", new byte[300].Select(_ => (byte)'x').ToArray());
            backend.Abandon();
        }

        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        journal.AsSpan(8192, 4096).Clear();
        File.WriteAllBytes(_folder.Cache + ".journal", journal);
        using var reopened = FileBackend.Open(_folder.Cache);
        var keys = Model.Read(reopened).Keys.Count;
        Assert.InRange(keys, 20, 25);
        Assert.All(Enumerable.Range(0, keys), i => Assert.True(reopened.Exists($"key {i}")));
        Assert.Single(reopened.Findings);
    }
}
