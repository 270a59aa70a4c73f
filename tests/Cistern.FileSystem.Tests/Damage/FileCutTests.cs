namespace Cistern.Tests;

/// <summary>Any of the files, cut to any length: it opens, for reading and for writing, and has nothing but what was written.</summary>
public sealed class FileCutTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".meta")]
    [InlineData(".journal")]
    public void File_CutToAnyLength_OpensWithWhatIsWhole(string file)
    {
        var model = new Model();
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            for (var i = 0; i < 18; i++) model.Run(backend);
            backend.Delete("key 100", 7);
        }

        using (var backend = FileBackend.Open(_folder.Cache))
        {
            model.Run(backend);
            for (var i = 0; i < 4; i++) model.Run(backend);
            backend.Abandon();
        }

        var whole = File.ReadAllBytes(_folder.Cache + file);
        Assert.True(whole.Length > FileHeader.Bytes);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.Cache + file, whole[..length]);
            using (var reader = FileBackend.Open(_folder.Cache, new FileBackendOptions { IsReadOnly = true })) AssertOnlyWritten(reader, model, length);
            using var writer = FileBackend.Open(_folder.Cache);
            AssertOnlyWritten(writer, model, length);
            writer.Abandon();
        }
    }

    [Theory]
    [InlineData(".meta")]
    [InlineData(".journal")]
    public void File_CutInItsHeader_IsWrittenAnewByTheNextWrite(string file)
    {
        using (var backend = FileBackend.Open(_folder.Cache)) backend.Set("folded", "1"u8.ToArray());
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("journaled", "2"u8.ToArray());
            backend.Abandon();
        }

        File.WriteAllBytes(_folder.Cache + file, File.ReadAllBytes(_folder.Cache + file)[..200]);
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            Assert.Single(backend.Findings);
            backend.Set("new", "3"u8.ToArray());
        }

        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        Assert.Equal(file == ".meta" ? ["folded", "journaled", "new"] : ["folded", "new"], Model.Read(reopened).Keys.Order(StringComparer.Ordinal));
    }

    private static void AssertOnlyWritten(FileBackend backend, Model model, int length)
    {
        foreach (var (key, value) in Model.Read(backend)) Assert.True(model.Written.Contains((key, value)), $"Cut to {length}: {key} has a value that nobody wrote.");
    }
}
