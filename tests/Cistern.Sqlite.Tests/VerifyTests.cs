namespace Cistern.Tests;

public sealed class VerifyTests : SqliteTest
{
    [Fact]
    public void Verify_ASoundDatabase_FindsNothingAndCounts()
    {
        using var backend = Open(new SqliteBackendOptions { Capacity = 5 });
        for (var i = 0; i < 10; i++) backend.Set($"key {i}", Bytes("value"));
        backend.Delete("key 9", 1);
        Assert.True(SqliteBackend.Verify(DatabasePath) is { IsSound: true, Entries: 4 });
        backend.Dispose();
        Assert.True(SqliteBackend.Verify(DatabasePath) is { IsSound: true, Entries: 4 });
    }

    [Fact]
    public void Verify_RowsThatSomethingElseChanged_AreFindings()
    {
        using (var backend = Open()) backend.Set("key", Bytes("value"));
        RawDatabase.Run(DatabasePath, "INSERT INTO entries(key, created_at, value) VALUES('added', 0, 'text')", "INSERT INTO entries(key, created_at, value) VALUES(x'00', 0, x'00')");
        var findings = SqliteBackend.Verify(DatabasePath).Findings;
        Assert.Equal(["totals", "entries", "entries"], findings.Select(finding => finding.Where));
    }

    [Fact]
    public async Task Keys_ThatAreNotUtf8_AreAFindingAndEndNoListing()
    {
        using var backend = Open();
        foreach (var key in new[] { "", "a", "z" }) backend.Set(key, Bytes("value"));
        RawDatabase.Run(DatabasePath,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) INSERT INTO entries(key, created_at, value) SELECT CAST(x'62ff' AS TEXT) || i, 0, x'00' FROM n",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) INSERT INTO entries(key, created_at, value) SELECT CAST(CAST(i AS TEXT) AS BLOB), 0, x'00' FROM n",
            "UPDATE totals SET entries = 1403, size_bytes = 1415");
        Assert.Equal(["", "a", "z"], await backend.KeysAsync().Take(5_000).ToListAsync());
        Assert.Equal(["a"], await backend.KeysAsync("a*").Take(5_000).ToListAsync());
        var finding = Assert.Single(SqliteBackend.Verify(DatabasePath).Findings);
        Assert.Contains("1400 rows have a key that no caller can ask for", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_BytesThatFlipped_AreFindingsAndNeverACrash()
    {
        using (var backend = Open())
        {
            for (var i = 0; i < 500; i++) backend.Set($"key {i}", Bytes(new string('v', 200)));
        }

        var sound = File.ReadAllBytes(DatabasePath);
        var random = new Random(1);
        var found = 0;
        for (var round = 0; round < 40; round++)
        {
            var damaged = (byte[])sound.Clone();
            for (var i = 0; i < 50; i++) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(DatabasePath, damaged);
            found += SqliteBackend.Verify(DatabasePath).IsSound ? 0 : 1;
        }

        Assert.True(found > 20, $"Only {found} of 40 damaged files were noticed.");
    }

    [Fact]
    public void Verify_AMissingFile_IsAClearErrorAndCreatesNothing()
    {
        Assert.Contains("not there", Assert.Throws<CacheBackendException>(() => SqliteBackend.Verify(DatabasePath)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(DatabasePath));
        Assert.Throws<ArgumentException>(() => SqliteBackend.Verify(":memory:"));
    }

    [Fact]
    public void CutInHalf_OpeningOrReading_IsAFaultAndNeverAWrongValue()
    {
        using (var backend = Open())
        {
            for (var i = 0; i < 500; i++) backend.Set($"key {i}", Bytes($"value {i}"));
        }

        using (var file = new FileStream(DatabasePath, FileMode.Open)) file.SetLength(file.Length / 2);
        Assert.False(SqliteBackend.Verify(DatabasePath).IsSound);
        var thrown = Record.Exception(() =>
        {
            using var backend = Open();
            for (var i = 0; i < 500; i++) Assert.True(Text(backend, $"key {i}") is not { } text || text == $"value {i}");
        });
        Assert.IsType<CacheBackendException>(thrown);
    }
}
