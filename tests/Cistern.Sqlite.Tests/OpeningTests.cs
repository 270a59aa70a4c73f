namespace Cistern.Tests;

public sealed class OpeningTests : SqliteTest
{
    [Fact]
    public void NewFile_AndTheFilesBesideIt_AreTheOwnersOnly()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no file modes.");
        using var backend = Open();
        backend.Set("key", Bytes("value"));
        var files = Directory.GetFiles(Path.GetDirectoryName(DatabasePath)!, "cache.db*");
        Assert.Equal(["cache.db", "cache.db-shm", "cache.db-wal"], files.Select(path => Path.GetFileName(path)).Order());
        foreach (var path in files)
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void NotADatabase_IsAClearErrorAndUnchanged()
    {
        File.WriteAllText(DatabasePath, new string('x', 5_000));
        Assert.Contains("not a database", OpenFault().Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5_000), File.ReadAllText(DatabasePath));
        Assert.False(SqliteBackend.Verify(DatabasePath).IsSound);
    }

    [Fact]
    public void AnotherProgramsDatabase_IsRefusedAndUnchanged()
    {
        RawDatabase.Run(DatabasePath, "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT)", "INSERT INTO customers VALUES(1, 'Ada')");
        var before = File.ReadAllBytes(DatabasePath);
        Assert.Contains("another program", OpenFault().Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
        Assert.Contains("another program", Assert.Single(SqliteBackend.Verify(DatabasePath).Findings).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA user_version = 2", "newer")]
    [InlineData("PRAGMA user_version = 0", "not those of its version")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM entries; END", "not those of its version")]
    [InlineData("CREATE VIEW v AS SELECT * FROM entries", "not those of its version")]
    [InlineData("DROP TABLE totals", "not those of its version")]
    public void ASchemaThatIsNotOurs_IsRefusedAndUnchanged(string change, string reason)
    {
        using (var backend = Open()) backend.Set("key", Bytes("value"));
        RawDatabase.Run(DatabasePath, change);
        Assert.Contains(reason, OpenFault().Message, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Single(SqliteBackend.Verify(DatabasePath).Findings).What, StringComparison.Ordinal);
        Assert.Equal(1, RawDatabase.Number(DatabasePath, "SELECT count(*) FROM entries"));
    }

    [Fact]
    public void Path_WithUriParameters_IsAFileOfThatName()
    {
        foreach (var name in new[] { "cache.db?mode=memory", "file:cache.db?mode=ro", "a%20b.db", "#.db", "-wal", "'; DROP TABLE entries; --.db" })
        {
            using (var backend = SqliteBackend.Open(Folder[name])) backend.Set("key", Bytes(name));
            Assert.True(File.Exists(Folder[name]), name);
            using var reopened = SqliteBackend.Open(Folder[name]);
            Assert.Equal(name, Text(reopened, "key"));
        }
    }

    [Fact]
    public void Path_ALinkToAFileThatIsNoDatabase_LeavesItAsItWas()
    {
        var canary = Folder["canary.txt"];
        File.WriteAllText(canary, "canary");
        File.CreateSymbolicLink(DatabasePath, canary);
        OpenFault();
        Assert.Equal("canary", File.ReadAllText(canary));
    }

    [Fact]
    public void Path_ALinkThatLeadsNowhere_CreatesNothing()
    {
        File.CreateSymbolicLink(DatabasePath, Folder["target"]);
        OpenFault();
        Assert.False(File.Exists(Folder["target"]));
    }

    [Fact]
    public void Path_AFolderOrBelowAFile_IsAClearError()
    {
        Directory.CreateDirectory(DatabasePath);
        OpenFault();
        File.WriteAllText(Folder["file"], "canary");
        Assert.Throws<CacheBackendException>(() => SqliteBackend.Open(Path.Combine(Folder["file"], "cache.db")));
        Assert.Throws<CacheBackendException>(() => SqliteBackend.Open(Path.Combine(Folder["missing"], "cache.db")));
    }

    [Fact]
    public void Path_WithControlCharacters_DoesNotReachTheMessage()
    {
        var fault = Assert.Throws<CacheBackendException>(() => SqliteBackend.Open(Path.Combine(Folder["missing"], "\u001b[31m\n\u202e.db")));
        Assert.DoesNotContain(fault.Message, character => char.IsControl(character) || character == '\u202e');
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Path_Impossible_IsABadArgument(string path) => Assert.Throws<ArgumentException>(() => SqliteBackend.Open(path));

    [Fact]
    public void Options_OutOfRange_Throw()
    {
        foreach (var options in new SqliteBackendOptions[]
        {
            new() { Capacity = 0 }, new() { MaxSizeBytes = 0 }, new() { MaxValueBytes = 0 }, new() { MaxValueBytes = 1_000_000_001 },
            new() { BusyTimeout = TimeSpan.Zero }, new() { TombstoneRetention = TimeSpan.Zero }, new() { Durability = (SqliteDurability)7 },
        }) Assert.Throws<ArgumentOutOfRangeException>(() => Open(options));
        Assert.False(File.Exists(DatabasePath));
    }

    [Fact]
    public void Library_Absent_SaysWhatToInstall()
    {
        var fault = Assert.Throws<DllNotFoundException>(() => SqliteLibrary.Load(["libsqlite3-that-is-not-there.so.0"]));
        Assert.Contains("libsqlite3-that-is-not-there.so.0", fault.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libsqlite3-0", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadOnly_Reads_AndWritesAreFaults()
    {
        using (var backend = Open()) backend.Set("key", Bytes("value"));
        using var reader = Open(new SqliteBackendOptions { IsReadOnly = true });
        Assert.Equal("value", Text(reader, "key"));
        Assert.Equal(["key"], await reader.KeysAsync().ToListAsync());
        Assert.Equal(1, (await StatsAsync(reader)).CurrentEntries);
        Assert.Throws<CacheBackendException>(() => reader.Set("key", Bytes("lost")));
        Assert.Throws<CacheBackendException>(() => reader.Delete("key"));
        await Assert.ThrowsAsync<CacheBackendException>(async () => await reader.ClearAsync());
        Assert.Equal("value", Text(reader, "key"));
    }

    [Fact]
    public void ReadOnly_MissingFile_IsAClearErrorAndCreatesNothing()
    {
        Assert.Throws<CacheBackendException>(() => Open(new SqliteBackendOptions { IsReadOnly = true }));
        Assert.False(File.Exists(DatabasePath));
        Assert.Throws<ArgumentException>(() => SqliteBackend.Open(":memory:", new SqliteBackendOptions { IsReadOnly = true }));
    }

    [Fact]
    public void ReadOnly_AnEmptyFile_IsAnEmptyBackend()
    {
        File.WriteAllBytes(DatabasePath, []);
        using var reader = Open(new SqliteBackendOptions { IsReadOnly = true });
        Assert.Null(Text(reader, "key"));
        Assert.Equal(0, new FileInfo(DatabasePath).Length);
    }

    [Fact]
    public async Task ReadOnly_OpenedBeforeTheFirstWriter_SeesWhatItWrites()
    {
        File.WriteAllBytes(DatabasePath, []);
        using var reader = Open(new SqliteBackendOptions { IsReadOnly = true });
        Assert.Null(Text(reader, "key"));
        using var writer = Open();
        writer.Set("key", Bytes("value"));
        Assert.Equal("value", Text(reader, "key"));
        Assert.Equal(["key"], await reader.KeysAsync().ToListAsync());
        Assert.Equal(1, (await StatsAsync(reader)).CurrentEntries);
    }

    [Fact]
    public void Opened_ButNotUsable_LeavesNoConnectionBehind()
    {
        Open().Dispose();
        RawDatabase.Run(DatabasePath, "DELETE FROM totals");
        Assert.Contains("totals", OpenFault().Message, StringComparison.Ordinal);

        // The last connection to a file takes its log along.
        Assert.False(File.Exists(DatabasePath + "-wal"));
    }

    [Fact]
    public async Task ManyAtOnce_ANewFile_AllOpen()
    {
        var backends = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            var backend = Open(new SqliteBackendOptions { Capacity = i % 2 == 0 ? null : 100 });
            backend.Set($"key {i}", Bytes("value"));
            return backend;
        })));
        Assert.Equal(8, (await StatsAsync(backends[0])).CurrentEntries);
        foreach (var backend in backends) backend.Dispose();
    }
}
