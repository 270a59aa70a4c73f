using System.Diagnostics;

namespace Cistern.Tests;

/// <summary>Databases of the first program: one table of keys and texts.</summary>
public sealed class TakeOverTests : SqliteTest
{
    private const string CreateTable = "CREATE TABLE IF NOT EXISTS cache (key TEXT PRIMARY KEY, value TEXT NOT NULL)";

    [Fact]
    public async Task Opened_EveryRow_IsAnEntry()
    {
        RawDatabase.Run(DatabasePath, CreateTable,
            """INSERT OR REPLACE INTO cache (key, value) VALUES ('user:1', '{"key": "user:1", "name": "Zo\u00eb ☂"}')""",
            "INSERT INTO cache VALUES ('', '')", "INSERT INTO cache VALUES (5, 7)", "INSERT INTO cache VALUES ('🙂', 'smile')");
        using var backend = Open();
        Assert.Equal("""{"key": "user:1", "name": "Zo\u00eb ☂"}""", Text(backend, "user:1"));
        Assert.Equal("", Text(backend, ""));
        Assert.Equal("7", Text(backend, "5"));
        Assert.Equal("smile", Text(backend, "🙂"));
        Assert.Equal(4, (await StatsAsync(backend)).CurrentEntries);
        Assert.Equal(Clock.GetUtcNow(), (await backend.GetEntryAsync("5"))!.CreatedAt);
        Assert.Equal(SetOutcome.Stored, backend.Set("user:1", Bytes("new"), SetOptions.IfNewer(1)));
        Assert.Equal([], backend.Connection.Texts("SELECT name FROM sqlite_master WHERE name = 'cache'"u8));
        Assert.True(SqliteBackend.Verify(DatabasePath) is { IsSound: true, Entries: 4 });
    }

    [Fact]
    public void Opened_ManyRows_ShrinksLikeAnyOther()
    {
        RawDatabase.Run(DatabasePath, CreateTable,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO cache SELECT 'key ' || i, hex(zeroblob(500)) FROM n");
        using (var backend = Open())
        {
            Assert.Equal(new string('0', 1000), Text(backend, "key 3000"));
            Assert.Equal(2, backend.Connection.Number("PRAGMA auto_vacuum"u8));
        }

        using var reopened = Open();
        Assert.Equal(3_000, RawDatabase.Number(DatabasePath, "SELECT entries FROM totals"));
        Assert.Equal(3_000_000, RawDatabase.Number(DatabasePath, "SELECT size_bytes FROM totals"));
    }

    [Fact]
    public void Opened_RowsWithoutALegalKey_StayAndAreReported()
    {
        RawDatabase.Run(DatabasePath, CreateTable, "INSERT INTO cache VALUES ('good', 'kept')", "INSERT INTO cache VALUES (NULL, 'no key')", "INSERT INTO cache VALUES ('a' || char(0) || 'b', 'NUL')",
            "INSERT INTO cache VALUES (x'ff', 'bytes')", "INSERT INTO cache VALUES (hex(zeroblob(40000)), 'long')", "INSERT INTO cache VALUES (CAST(x'61ff' AS TEXT), 'not UTF-8')");
        using (var backend = Open()) Assert.Equal("kept", Text(backend, "good"));
        using (var again = Open()) Assert.Equal("kept", Text(again, "good"));
        Assert.Equal(5, RawDatabase.Number(DatabasePath, "SELECT count(*) FROM cache"));
        var verification = SqliteBackend.Verify(DatabasePath);
        Assert.Equal(1, verification.Entries);
        Assert.Contains("5 rows", Assert.Single(verification.Findings).What, StringComparison.Ordinal);
    }

    [Fact]
    public void WrittenToByTheFirstProgramAfterwards_KeepsOursAndIsReported()
    {
        RawDatabase.Run(DatabasePath, CreateTable, "INSERT INTO cache VALUES ('a', 'taken over')", "INSERT INTO cache VALUES (NULL, 'no key')");
        Open().Dispose();
        RawDatabase.Run(DatabasePath, CreateTable, "INSERT OR REPLACE INTO cache VALUES ('a', 'later')", "INSERT INTO cache VALUES ('b', 'later')");

        using (var backend = Open()) Assert.Equal(("taken over", null), (Text(backend, "a"), Text(backend, "b")));
        var findings = SqliteBackend.Verify(DatabasePath).Findings.Select(finding => finding.What).ToList();
        Assert.Equal(2, findings.Count);
        Assert.StartsWith("1 rows of the older table have keys that are not allowed", findings[0], StringComparison.Ordinal);
        Assert.StartsWith("2 rows were written to the older table after it was taken over", findings[1], StringComparison.Ordinal);

        RawDatabase.Run(DatabasePath, "DELETE FROM cache");
        Assert.True(SqliteBackend.Verify(DatabasePath) is { IsSound: true, Entries: 1 });
    }

    [Fact]
    public async Task ReadOnly_ShowsItAsItIs()
    {
        RawDatabase.Run(DatabasePath, CreateTable, "INSERT INTO cache VALUES ('a', '1')", "INSERT INTO cache VALUES ('b', '22')");
        var before = File.ReadAllBytes(DatabasePath);
        Assert.True(SqliteBackend.Verify(DatabasePath) is { IsSound: true, Entries: 2 });
        using (var backend = Open(new SqliteBackendOptions { IsReadOnly = true }))
        {
            Assert.Equal("22", Text(backend, "b"));
            Assert.Equal(["a", "b"], await backend.KeysAsync().ToListAsync());
            Assert.Equal((2L, 3L), ((await StatsAsync(backend)).CurrentEntries, (await StatsAsync(backend)).CurrentSizeBytes));
            Assert.Equal("1", System.Text.Encoding.UTF8.GetString((await backend.GetEntryAsync("a"))!.Value.Span));
            Assert.Null(Text(backend, "c"));
        }

        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Fact]
    public async Task ReadOnly_WhileAnotherTakesItOver_SeesTheSame()
    {
        RawDatabase.Run(DatabasePath, CreateTable, "INSERT INTO cache VALUES ('a', '1')", "INSERT INTO cache VALUES ('b', '22')");
        using var reader = Open(new SqliteBackendOptions { IsReadOnly = true });
        Assert.Equal("1", Text(reader, "a"));
        using var writer = Open();
        writer.Set("c", Bytes("333"));
        Assert.Equal("1", Text(reader, "a"));
        Assert.Equal("333", Text(reader, "c"));
        Assert.Equal(["a", "b", "c"], await reader.KeysAsync().ToListAsync());
        Assert.Equal(3, (await StatsAsync(reader)).CurrentEntries);
    }

    [Theory]
    [InlineData("CREATE TABLE cache(key TEXT PRIMARY KEY, value BLOB)")]
    [InlineData("CREATE TABLE cache(key TEXT, value TEXT)")]
    [InlineData("CREATE TABLE cache(key INTEGER PRIMARY KEY, value TEXT)")]
    [InlineData("CREATE TABLE cache(key TEXT, value TEXT, PRIMARY KEY(key, value))")]
    [InlineData("CREATE TABLE cache(value TEXT, key TEXT PRIMARY KEY)")]
    [InlineData("CREATE TABLE cache(key TEXT PRIMARY KEY, value TEXT, length INTEGER AS (length(value)))")]
    public void ATableThatIsOnlyAlike_IsRefusedAndUnchanged(string table)
    {
        RawDatabase.Run(DatabasePath, table, "INSERT INTO cache(key, value) VALUES (1, 'kept')");
        var before = File.ReadAllBytes(DatabasePath);
        Assert.Contains("another program", OpenFault().Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Theory]
    [InlineData("CREATE TABLE cache(key text primary key, value text)")]
    [InlineData("CREATE TABLE cache(key TEXT, value TEXT, PRIMARY KEY(key))")]
    public void ATableThatIsWrittenOtherwise_IsTakenOver(string table)
    {
        RawDatabase.Run(DatabasePath, table, "INSERT INTO cache VALUES ('a', '1')");
        using var backend = Open();
        Assert.Equal("1", Text(backend, "a"));
    }

    [Fact]
    public void AFileThatCannotShrink_LearnsItWhenItIsOpenedAgain()
    {
        using (var backend = Open()) backend.Set("key", Bytes("value"));
        RawDatabase.Run(DatabasePath, "PRAGMA auto_vacuum = NONE", "VACUUM");
        Assert.Equal(0, RawDatabase.Number(DatabasePath, "PRAGMA auto_vacuum"));
        using (var holder = RawDatabase.Open(DatabasePath))
        {
            holder.Execute("BEGIN IMMEDIATE"u8);
            Open(new SqliteBackendOptions { BusyTimeout = TimeSpan.FromMilliseconds(100) }).Dispose();
        }

        using var reopened = Open();
        Assert.Equal(2, reopened.Connection.Number("PRAGMA auto_vacuum"u8));
        Assert.Equal("value", Text(reopened, "key"));
    }

    [Fact]
    public async Task OpenedByManyAtOnce_IsTakenOverOnce()
    {
        RawDatabase.Run(DatabasePath, CreateTable, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO cache SELECT 'key ' || i, i FROM n");
        var backends = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Open())));
        foreach (var backend in backends)
        {
            Assert.Equal(500, (await StatsAsync(backend)).CurrentEntries);
            backend.Dispose();
        }
    }

    [Fact]
    public async Task MadeByCPython_IsTakenOver()
    {
        const string Program = """
            import json, sqlite3, sys
            connection = sqlite3.connect(sys.argv[1])
            connection.execute("CREATE TABLE IF NOT EXISTS cache (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
            for i in range(100):
                record = {"key": f"key {i}", "text": "Zoë ☂", "number": i}
                connection.execute("INSERT OR REPLACE INTO cache (key, value) VALUES (?, ?)", (record["key"], json.dumps(record)))
            connection.commit()
            """;
        await PythonAsync(Program, DatabasePath);
        using var backend = Open();
        Assert.Equal("""{"key": "key 42", "text": "Zo\u00eb \u2602", "number": 42}""", Text(backend, "key 42"));
        Assert.Equal(100, (await StatsAsync(backend)).CurrentEntries);
    }

    private static async Task PythonAsync(string program, string path)
    {
        try
        {
            using var check = Process.Start(new ProcessStartInfo("python3", ["-c", "import sqlite3"]) { RedirectStandardError = true, UseShellExecute = false })!;
            await check.WaitForExitAsync();
            if (check.ExitCode != 0) Missing();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Missing();
        }

        using var python = Process.Start("python3", ["-c", program, path]);
        await python.WaitForExitAsync();
        Assert.Equal(0, python.ExitCode);
    }

    private static void Missing()
    {
        if (Environment.GetEnvironmentVariable("CISTERN_REQUIRE_SERVICES") == "1") Assert.Fail("python3 with its module sqlite3 is not installed.");
        Assert.Skip("python3 with its module sqlite3 is not installed.");
    }
}
