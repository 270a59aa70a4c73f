namespace Cistern.Tests;

/// <summary>One flipped bit anywhere: never a wrong value, never a refusal to open, always reported.</summary>
public sealed class BitFlipTests : IDisposable
{
    private const int Flips = 2_000;
    private const int Seed = 20261120;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 0)]
    [InlineData(".meta", 1)]
    [InlineData(".journal", 2)]
    public void BitFlip_Anywhere_IsAMissOrAnOldWriteAndReported(string file, int part)
    {
        var model = new Model();
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            for (var i = 0; i < 58; i++) model.Run(backend);
        }

        var folded = model.Last;
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            for (var i = 0; i < 20; i++) model.Run(backend);
            backend.Abandon();
        }

        var path = _folder.Cache + file;
        var sound = File.ReadAllBytes(path);
        var random = new Random(Seed + part);
        for (var flip = 0; flip < (Flips + 2) / 3; flip++)
        {
            var (at, bit) = (random.Next(sound.Length), random.Next(8));
            var damaged = (byte[])sound.Clone();
            damaged[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(path, damaged);
            Check(model, $"seed {Seed + part}, bit {bit} of byte {at} of cache.json{file}");
        }

        Assert.NotEmpty(folded);
    }

    [Fact]
    public void BitFlip_InOneEntryOfTheSnapshot_LosesThatOneOnly()
    {
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            foreach (var key in new[] { "a", "b", "c" }) backend.Set(key, System.Text.Encoding.UTF8.GetBytes($"value of {key}"));
        }

        // A quote: all that follows is no JSON any more.
        var text = File.ReadAllText(_folder.Cache);
        File.WriteAllText(_folder.Cache, text.Replace("\"b\"", "#b\"", StringComparison.Ordinal));
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Equal(["a", "c"], Model.Read(reopened).Keys.Order(StringComparer.Ordinal));
        Assert.Contains(reopened.Findings, finding => finding.Where.EndsWith("entry b", StringComparison.Ordinal));
    }

    [Fact]
    public void BitFlip_InOneRecordOfTheJournal_LosesThatOneOnly()
    {
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            foreach (var key in new[] { "a", "b", "c" }) backend.Set(key, System.Text.Encoding.UTF8.GetBytes($"value of {key}"));
            backend.Abandon();
        }

        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        journal[journal.AsSpan().IndexOf("value of b"u8)] ^= 1;
        File.WriteAllBytes(_folder.Cache + ".journal", journal);
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Equal(["a", "c"], Model.Read(reopened).Keys.Order(StringComparer.Ordinal));
        Assert.Single(reopened.Findings);
    }

    [Fact]
    public void Value_ThatLooksLikeARecord_IsNeverTakenForOneBehindDamage()
    {
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("inner", "forged"u8.ToArray());
            backend.Abandon();
        }

        var forged = File.ReadAllBytes(_folder.Cache + ".journal").AsMemory(FileHeader.Bytes);
        File.Delete(_folder.Cache + ".journal");
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("outer", forged);
            backend.Set("last", "1"u8.ToArray());
            backend.Abandon();
        }

        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        journal[FileHeader.Bytes + 4] ^= 1;
        File.WriteAllBytes(_folder.Cache + ".journal", journal);
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.False(reopened.Exists("inner"));
        Assert.NotEmpty(reopened.Findings);
    }

    private void Check(Model model, string flip)
    {
        using var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { IsReadOnly = true });
        foreach (var (key, value) in Model.Read(backend)) Assert.True(model.Written.Contains((key, value)), $"{flip}: {key} has a value that nobody wrote.");
        Assert.True(backend.Findings.Count > 0, $"{flip}: nothing was reported.");
    }
}
