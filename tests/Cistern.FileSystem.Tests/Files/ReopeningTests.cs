using System.Text;
using System.Text.Json;
using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>What a closed or killed backend has left is there again, whole; and what the file looks like to other programs.</summary>
public sealed class ReopeningTests : IDisposable
{
    private static readonly byte[] Binary = [0, 255, 254, 10, 0x80];

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reopened_AfterCloseOrKill_HasEveryPartOfEveryEntry(bool isKilled)
    {
        var options = new SetOptions
        {
            TimeToLive = TimeSpan.FromMinutes(5),
            AbsoluteExpiration = _clock.GetUtcNow().AddHours(1),
            Metadata = new Dictionary<string, string> { ["ty\"pe"] = "te\u00fft\0" },
            Condition = SetCondition.IfNewer,
            Version = long.MinValue + 1,
        };
        List<CacheEntry?> before = [];
        string[] keys = ["", "text", "bytes", "all", "touched", "../\u202e\"\n", "empty"];
        using (var backend = Open())
        {
            await backend.SetStringAsync("", "the empty key");
            await backend.SetStringAsync("text", "caf\u00e9 \ud83d\ude00 \u0001\"\\</script>");
            backend.Set("bytes", Binary);
            backend.Set("all", Binary, options);
            await backend.SetAsync("touched", "1"u8.ToArray(), TimeSpan.FromHours(1));
            _clock.Advance(TimeSpan.FromSeconds(10));
            await backend.TouchAsync("touched", TimeSpan.FromMinutes(2));
            backend.Set(keys[5], "hostile"u8.ToArray());
            backend.Set("empty", ReadOnlyMemory<byte>.Empty);
            backend.Set("deleted", "1"u8.ToArray());
            backend.Delete("deleted");
            backend.Delete("buried", 10);
            foreach (var key in keys) before.Add(await backend.GetEntryAsync(key));
            if (isKilled) backend.Abandon();
        }

        using var reopened = Open();
        Assert.Empty(reopened.Findings);
        for (var i = 0; i < keys.Length; i++) AssertSame(before[i]!, (await reopened.GetEntryAsync(keys[i]))!);
        Assert.Equal(keys.Length, (await reopened.GetStatsAsync()).CurrentEntries);
        Assert.Equal(SetOutcome.Superseded, reopened.Set("buried", Binary, SetOptions.IfNewer(10)));
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(SetOutcome.Stored, reopened.Set("buried", Binary, SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Reopened_AClockSetBack_NoEntryOutlivesItsTtl()
    {
        using (var backend = Open()) await backend.SetAsync("key", Binary, TimeSpan.FromMinutes(5));
        _clock.SetUtcNow(_clock.GetUtcNow().AddDays(-30));
        using var reopened = Open();
        var entry = await reopened.GetEntryAsync("key");
        Assert.Equal(_clock.GetUtcNow().AddMinutes(5), entry!.ExpiresAt);
        Assert.Equal(_clock.GetUtcNow(), entry.CreatedAt);
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(reopened.Exists("key"));
    }

    [Fact]
    public async Task Reopened_AClockSetForward_WhatHasExpiredIsGone()
    {
        using (var backend = Open()) await backend.SetAsync("key", Binary, TimeSpan.FromMinutes(5));
        _clock.SetUtcNow(_clock.GetUtcNow().AddMinutes(5));
        using var reopened = Open();
        Assert.False(reopened.Exists("key"));
        Assert.Empty(reopened.Findings);
    }

    [Fact]
    public void Reopened_Bounded_KeepsTheOrderOfEviction()
    {
        var options = new FileBackendOptions { Capacity = 3, TimeProvider = _clock };
        using (var backend = FileBackend.Open(_folder.Cache, options))
        {
            foreach (var key in new[] { "a", "b", "c" }) backend.Set(key, Binary);
            backend.Get("a");
        }

        using var reopened = FileBackend.Open(_folder.Cache, options);
        reopened.Set("d", Binary);
        Assert.Equal(["a", "c", "d"], Model.Read(reopened).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Disposed_PlainEntries_AreAFlatJsonObjectOfStrings()
    {
        using (var backend = Open())
        {
            backend.Set("user:1", "{\"name\": \"B\u00f3b\"}"u8.ToArray());
            backend.Set("new\nline", "x"u8.ToArray());
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.Cache));
        Assert.Equal(
            [("user:1", "{\"name\": \"B\u00f3b\"}"), ("new\nline", "x")],
            json.RootElement.EnumerateObject().Select(property => (property.Name, property.Value.GetString()!)));
        Assert.Equal(["cache.json", "cache.json.lock", "cache.json.meta"], _folder.Names);
    }

    [Fact]
    public void Disposed_OtherEntries_AreObjects()
    {
        using (var backend = Open()) backend.Set("bytes", Binary, SetOptions.IfNewer(638993664000000001));
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.Cache));
        var entry = json.RootElement.GetProperty("bytes");
        Assert.Equal(Convert.ToBase64String(Binary), entry.GetProperty("value_base64").GetString());
        Assert.Equal("638993664000000001", entry.GetProperty("version").GetString());
    }

    [Fact]
    public void Value_ThatLooksLikeAnEntry_IsAValue()
    {
        const string Text = "{\"value_base64\": \"AAAA\", \"version\": \"5\"}";
        using (var backend = Open()) backend.Set("key", Encoding.UTF8.GetBytes(Text));
        using var reopened = Open();
        Assert.Equal(Text, Encoding.UTF8.GetString(reopened.Get("key")!));
    }

    [Fact]
    public void ForeignFile_WithoutSidecar_IsTrustedAndLeftAloneUntilWritten()
    {
        // As the seeds' program writes it: everything beyond ASCII escaped.
        const string Foreign = "{\"user:1\": \"{\\\"key\\\": \\\"user:1\\\", \\\"name\\\": \\\"B\\\\u00f3b\\\"}\", \"\\u043a\": \"\\ud83d\\ude00\"}";
        File.WriteAllText(_folder.Cache, Foreign);
        using (var backend = Open())
        {
            Assert.Empty(backend.Findings);
            Assert.Equal("{\"key\": \"user:1\", \"name\": \"B\\u00f3b\"}", Encoding.UTF8.GetString(backend.Get("user:1")!));
            Assert.Equal("\ud83d\ude00", Encoding.UTF8.GetString(backend.Get("\u043a")!));
        }

        Assert.Equal(Foreign, File.ReadAllText(_folder.Cache));
        using (var backend = Open()) backend.Set("added", "1"u8.ToArray());
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.Cache));
        Assert.Equal(["user:1", "\u043a", "added"], json.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void HandEdit_Refused_OnlyTheEditIsLostAndACopyIsKept()
    {
        Edit("\"b\": \"2\"", "\"b\": \"3\",\n\"c\": \"4\"");
        using (var backend = Open())
        {
            Assert.Equal(["a"], Model.Read(backend).Keys);
            Assert.Equal(3, backend.Findings.Count);
            backend.Set("new", Binary);
        }

        Assert.Contains("\"b\": \"3\"", File.ReadAllText(_folder.At(Assert.Single(_folder.Names, name => name.EndsWith(".damaged", StringComparison.Ordinal)))), StringComparison.Ordinal);
    }

    [Fact]
    public void HandEdit_Accepted_IsTakenOver()
    {
        Edit("\"b\": \"2\"", "\"b\": \"3\",\n\"c\": \"4\"");
        using (var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { TimeProvider = _clock, ForeignEdits = ForeignEdits.Accept }))
        {
            Assert.Equal(["a=1", "b=3", "c=4"], Model.Read(backend).Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
            backend.Set("new", Binary);
        }

        using var reopened = Open();
        Assert.Empty(reopened.Findings);
        Assert.Equal(4, Model.Read(reopened).Count);
    }

    [Fact]
    public void HandEdit_WithAJournalThere_SetsTheJournalAside()
    {
        Edit("\"b\": \"2\"", "\"b\": \"2\"");
        using (var backend = Open())
        {
            backend.Set("journaled", Binary);
            backend.Abandon();
        }

        File.AppendAllText(_folder.Cache, " ");
        using (var backend = Open())
        {
            Assert.Equal(["a", "b"], Model.Read(backend).Keys.Order(StringComparer.Ordinal));
            Assert.Contains(backend.Findings, finding => finding.What.Contains("set aside", StringComparison.Ordinal));
            backend.Set("new", Binary);
        }

        Assert.Single(_folder.Names, name => name.EndsWith(".journal", StringComparison.Ordinal) && name.Length > "cache.json.journal".Length);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1, 2]")]
    [InlineData("{\"a\": \"1\"")]
    [InlineData("{\"a\": \"1\"} x")]
    public void Open_AFileThatIsNoCache_RefusesAndLeavesItAlone(string text)
    {
        File.WriteAllText(_folder.Cache, text);
        Assert.Contains("not a cache", Assert.Throws<CacheBackendException>(Open).Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_folder.Cache));
    }

    [Fact]
    public void Open_ForeignValuesThatAreNoEntries_AreReportedAndACopyIsKept()
    {
        File.WriteAllText(_folder.Cache, "{\"a\": 1, \"b\": {\"x\": 1}, \"c\": \"text\", \"d\": \"\\ud83d\", \"e\\u0000\": \"nul\", \"f\": {\"value\": \"v\", \"version\": \"7\"}}");
        using (var backend = Open())
        {
            Assert.Equal(["c", "f"], Model.Read(backend).Keys.Order(StringComparer.Ordinal));
            Assert.Equal(4, backend.Findings.Count);
            backend.Set("g", Binary);
        }

        Assert.Single(_folder.Names, name => name.EndsWith(".damaged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(".meta")]
    [InlineData(".journal")]
    public void Open_AnUnknownVersion_IsAMissAndNothingIsDestroyed(string file)
    {
        using (var backend = Open()) backend.Set("folded", Binary);
        using (var backend = Open())
        {
            backend.Set("journaled", Binary);
            backend.Abandon();
        }

        var bytes = File.ReadAllBytes(_folder.Cache + file);
        bytes[4] = bytes[FileHeader.Bytes / 2 + 4] = 2;
        File.WriteAllBytes(_folder.Cache + file, bytes);
        using (var backend = Open())
        {
            Assert.Contains(backend.Findings, finding => finding.What.Contains("version", StringComparison.Ordinal));
            Assert.False(backend.Exists(file == ".meta" ? "folded" : "journaled"));
            backend.Set("new", Binary);
        }

        Assert.Contains(_folder.Names, name => name.EndsWith(file == ".meta" ? ".damaged" : ".journal", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_AFileBeyondTheLimit_RefusesWithAdvice()
    {
        File.WriteAllText(_folder.Cache, "{\"a\": \"0123456789\"}");
        var fault = Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Cache, new FileBackendOptions { MaxFileBytes = 10 }));
        Assert.Contains("MaxFileBytes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadOnly_ShowsWhatIsThereAndChangesNothing()
    {
        using var writer = Open();
        writer.Set("key", Binary);
        var names = _folder.Names;
        using (var reader = FileBackend.Open(_folder.Cache, new FileBackendOptions { IsReadOnly = true, TimeProvider = _clock }))
        {
            Assert.Equal(Binary, reader.Get("key"));
            Assert.Contains("read-only", Assert.Throws<CacheBackendException>(() => reader.Set("key", Binary)).Message, StringComparison.Ordinal);
            Assert.Throws<CacheBackendException>(() => reader.Delete("key"));
        }

        Assert.Equal(names, _folder.Names);
    }

    [Fact]
    public void Compact_FoldsTheJournal_AndLosesNothing()
    {
        using (var backend = Open())
        {
            for (var i = 0; i < 100; i++) backend.Set($"key {i % 10}", Encoding.UTF8.GetBytes($"{i}"));
            backend.Compact();
            Assert.Equal(FileHeader.Bytes, new FileInfo(_folder.Cache + ".journal").Length);
            backend.Set("key 0", "after"u8.ToArray());
            backend.Abandon();
        }

        using var reopened = Open();
        Assert.Empty(reopened.Findings);
        Assert.Equal("after", Encoding.UTF8.GetString(reopened.Get("key 0")!));
        Assert.Equal("99", Encoding.UTF8.GetString(reopened.Get("key 9")!));
    }

    [Fact]
    public async Task Compaction_WhileManyWrite_LosesNothing()
    {
        using (var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { CompactionBytes = 20_000 }))
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
            {
                for (var i = 0; i < 3_000; i++) backend.Set($"{writer}:{i % 50}", Encoding.UTF8.GetBytes($"{i}"));
            })));
            backend.Abandon();
        }

        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        for (var writer = 0; writer < 4; writer++)
        {
            for (var i = 0; i < 50; i++) Assert.Equal($"{2_950 + i}", Encoding.UTF8.GetString(reopened.Get($"{writer}:{i}")!));
        }
    }

    [Fact]
    public void Verify_SaysWhatIsWrongAndChangesNothing()
    {
        Edit("\"b\": \"2\"", "\"b\": \"3\"");
        var names = _folder.Names;
        var verification = FileBackend.Verify(_folder.Cache);
        Assert.Equal(1, verification.Entries);
        Assert.Contains(verification.Findings, finding => finding.Where.EndsWith("entry b", StringComparison.Ordinal));
        Assert.Equal(names, _folder.Names);
        Assert.Throws<CacheBackendException>(() => FileBackend.Verify(_folder.At("missing.json")));
    }

    private void Edit(string from, string to)
    {
        using (var backend = Open())
        {
            backend.Set("a", "1"u8.ToArray());
            backend.Set("b", "2"u8.ToArray());
        }

        var text = File.ReadAllText(_folder.Cache);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(_folder.Cache, text.Replace(from, to, StringComparison.Ordinal));
    }

    private FileBackend Open() => FileBackend.Open(_folder.Cache, new FileBackendOptions { TimeProvider = _clock });

    private static void AssertSame(CacheEntry before, CacheEntry after)
    {
        Assert.Equal(before.Value.ToArray(), after.Value.ToArray());
        Assert.Equal(before.Metadata, after.Metadata);
        Assert.Equal(before with { Value = default, Metadata = after.Metadata }, after with { Value = default });
    }
}
