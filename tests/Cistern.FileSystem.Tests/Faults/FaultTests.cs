namespace Cistern.Tests;

/// <summary>
/// Runs of forty operations with small compactions, in which one call to the system fails, or is the last: what was acknowledged is there
/// afterwards, what failed is there whole or not at all.
/// </summary>
public sealed class FaultTests
{
    private const int Operations = 40;
    private const int CompactionBytes = 700;

    public static TheoryData<FileDurability> Durabilities => [FileDurability.Os, FileDurability.Group, FileDurability.Power];

    [Theory]
    [MemberData(nameof(Durabilities))]
    public void Crash_AtEveryCall_Recovers(FileDurability durability)
    {
        var calls = Count(durability);
        Assert.True(calls > 2 * Operations, $"Only {calls} calls.");
        foreach (var writesHalf in new[] { false, true })
        {
            for (var crash = 0; crash < calls; crash++)
            {
                using var folder = new TempFolder();
                var faulty = new FaultyCalls { Fails = (number, _) => number == crash, IsCrash = true, WritesHalf = writesHalf };
                var model = new Model();
                RunUntilItFails(folder, durability, faulty, model);
                AssertRecovers(folder, model, $"{durability}, crash at call {crash} ({faulty.Made[crash]}{(writesHalf ? ", half written" : "")})");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Durabilities))]
    public void Crash_DuringTheRecoveryOfACrash_Recovers(FileDurability durability)
    {
        for (var crash = 3; crash < Count(durability); crash += 11)
        {
            for (var second = 0; second < 16; second++)
            {
                using var folder = new TempFolder();
                var model = new Model();
                RunUntilItFails(folder, durability, new FaultyCalls { Fails = (number, _) => number == crash, IsCrash = true, WritesHalf = true }, model);
                model.States[^1] = Reopened(folder, model);

                var faulty = new FaultyCalls { Fails = (number, _) => number == second, IsCrash = true, WritesHalf = true };
                RunUntilItFails(folder, durability, faulty, model);
                AssertRecovers(folder, model, $"{durability}, crash at call {crash}, then at call {second}");
            }
        }
    }

    [Theory]
    [InlineData("create", FileDurability.Os)]
    [InlineData("write", FileDurability.Os)]
    [InlineData("write", FileDurability.Group)]
    [InlineData("write", FileDurability.Power)]
    [InlineData("rename", FileDurability.Os)]
    [InlineData("delete", FileDurability.Os)]
    public void Fault_AtEveryCallOfAKind_FailsTheCallAndNothingElse(string kind, FileDurability durability)
    {
        var hits = 0;
        foreach (var fault in CallsOf(durability).Index().Where(call => call.Item == kind).Select(call => call.Index))
        {
            using var folder = new TempFolder();
            var isHit = false;
            var faulty = new FaultyCalls { WritesHalf = fault % 2 == 0 };
            faulty.Fails = (number, name) => number == fault && name == kind && (isHit = true);
            var (backend, failures) = RunThrough(folder, durability, faulty, new Model());
            Assert.True(failures <= 1, $"{kind} at call {fault}: {failures} operations failed.");
            var expected = Model.Read(backend);
            try { backend.Dispose(); }
            catch (CacheBackendException) { Assert.True(isHit && failures == 0); }
            using var reopened = Open(folder, durability, new FaultyCalls());
            Assert.True(reopened.Findings.Count == 0, $"{kind} at call {fault}: {string.Join("; ", reopened.Findings)}");
            Assert.True(Model.AreEqual(expected, Model.Read(reopened)), $"{kind} at call {fault}: {Model.Show(Model.Read(reopened))} instead of {Model.Show(expected)}");
            Assert.Equal(SetOutcome.Stored, reopened.Set("last", "1"u8.ToArray()));
            hits += isHit ? 1 : 0;
        }

        Assert.True(hits > 0, $"No call was a {kind}.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DiskFull_ForAWhile_FailsWritesKeepsReadsAndResumes(bool writesHalf)
    {
        using var folder = new TempFolder();
        var isFull = false;
        var faulty = new FaultyCalls { Fails = (_, name) => isFull && (name is "write" or "create"), WritesHalf = writesHalf };
        using (var backend = Open(folder, FileDurability.Os, faulty))
        {
            Assert.Equal(SetOutcome.Stored, backend.Set("before", "1"u8.ToArray()));
            isFull = true;
            for (var i = 0; i < 5; i++)
            {
                Assert.Throws<CacheBackendException>(() => backend.Set("before", "2"u8.ToArray()));
                Assert.Throws<CacheBackendException>(() => backend.Delete("before"));
                Assert.Equal("1", Text(backend, "before"));
            }

            isFull = false;
            Assert.Equal(SetOutcome.Stored, backend.Set("after", "3"u8.ToArray()));
        }

        using var reopened = FileBackend.Open(folder.Cache);
        Assert.Empty(reopened.Findings);
        Assert.Equal("1", Text(reopened, "before"));
        Assert.Equal("3", Text(reopened, "after"));
    }

    [Theory]
    [InlineData(FileDurability.Group)]
    [InlineData(FileDurability.Power)]
    public void FailedFsync_OfAWrite_IsNeverAcknowledgedNorTriedAgain(FileDurability durability)
    {
        using var folder = new TempFolder();
        var isFailing = false;
        var faulty = new FaultyCalls();
        faulty.Fails = (_, name) => isFailing && name == "fsync";
        using (var backend = Open(folder, durability, faulty))
        {
            Assert.Equal(SetOutcome.Stored, backend.Set("key", "kept"u8.ToArray()));
            isFailing = true;
            Assert.Throws<CacheBackendException>(() => backend.Set("key", "lost"u8.ToArray()));
            isFailing = false;
            var syncs = faulty.Made.Count(name => name == "fsync");
            Assert.Equal("kept", Text(backend, "key"));
            var fault = Assert.Throws<CacheBackendException>(() => backend.Set("other", "1"u8.ToArray()));
            Assert.Contains("reopened", fault.Message, StringComparison.Ordinal);
            Assert.Equal(syncs, faulty.Made.Count(name => name == "fsync"));
            Assert.False(backend.Exists("other"));
        }

        using var reopened = FileBackend.Open(folder.Cache);
        Assert.Contains(Text(reopened, "key"), new[] { "kept", "lost" });
        Assert.Equal(SetOutcome.Stored, reopened.Set("other", "1"u8.ToArray()));
    }

    [Fact]
    public void NewFolders_TheirNames_AreSynced()
    {
        using var folder = new TempFolder();
        var calls = new FaultyCalls();
        using var backend = FileBackend.Open(folder.At("a/b/cache.json"), options: null, new StoreEnvironment { Calls = calls });
        Assert.Equal(["fsync folder", "fsync folder"], calls.Made.Take(2));
    }

    private static string? Text(FileBackend backend, string key) => backend.Get(key) is { } value ? System.Text.Encoding.UTF8.GetString(value) : null;

    private static FileBackend Open(TempFolder folder, FileDurability durability, FaultyCalls calls) => FileBackend.Open(
        folder.Cache,
        new FileBackendOptions { Durability = durability, CompactionBytes = CompactionBytes },
        new StoreEnvironment { Calls = calls, Start = AtOnce.Run });

    private static int Count(FileDurability durability) => CallsOf(durability).Count;

    private static List<string> CallsOf(FileDurability durability)
    {
        using var folder = new TempFolder();
        var calls = new FaultyCalls();
        var model = new Model();
        using (var backend = Open(folder, durability, calls))
        {
            for (var i = 0; i < Operations; i++) model.Run(backend);
            Assert.True(Model.AreEqual(model.Last, Model.Read(backend)));
        }

        return calls.Made;
    }

    private static void RunUntilItFails(TempFolder folder, FileDurability durability, FaultyCalls calls, Model model)
    {
        FileBackend? backend = null;
        try
        {
            backend = Open(folder, durability, calls);
            for (var i = 0; i < Operations && !calls.HasCrashed; i++) model.Run(backend);
            if (!calls.HasCrashed) backend.Dispose();
        }
        catch (CacheBackendException)
        {
            Assert.True(calls.HasCrashed);
        }
        finally
        {
            backend?.Abandon();
        }
    }

    // Every operation is tried; the model keeps those that were acknowledged.
    private static (FileBackend Backend, int Failures) RunThrough(TempFolder folder, FileDurability durability, FaultyCalls calls, Model model)
    {
        var backend = Open(folder, durability, calls);
        var failures = 0;
        for (var i = 0; i < Operations; i++)
        {
            var before = Model.Read(backend);
            try
            {
                model.Run(backend);
            }
            catch (CacheBackendException)
            {
                failures++;
                Assert.True(Model.AreEqual(before, Model.Read(backend)), $"A failed operation changed something: {Model.Show(before)} became {Model.Show(Model.Read(backend))}");
                model.States[^1] = before;
            }

            Assert.True(Model.AreEqual(model.Last, Model.Read(backend)), $"After operation {i}: {Model.Show(Model.Read(backend))} instead of {Model.Show(model.Last)}");
        }

        return (backend, failures);
    }

    private static Dictionary<string, string> Reopened(TempFolder folder, Model model)
    {
        if (!Directory.EnumerateFiles(folder.Path, "cache.json*").Any(path => !path.EndsWith(".lock", StringComparison.Ordinal))) return [];
        using var reader = Open(folder, FileDurability.Os, new FaultyCalls());
        var read = Model.Read(reader);
        reader.Abandon();
        return read;
    }

    private static void AssertRecovers(TempFolder folder, Model model, string what)
    {
        Dictionary<string, string> recovered;
        using (var backend = Open(folder, FileDurability.Os, new FaultyCalls()))
        {
            recovered = Model.Read(backend);
            var before = model.States.Count > 1 ? model.States[^2] : model.Last;
            Assert.True(
                Model.AreEqual(model.Last, recovered) || Model.AreEqual(before, recovered),
                $"{what}: {Model.Show(recovered)} instead of {Model.Show(before)} or {Model.Show(model.Last)}; {string.Join("; ", backend.Findings)}");
            Assert.True(backend.Findings.All(finding => finding.What.Contains("no whole record", StringComparison.Ordinal)), $"{what}: {string.Join("; ", backend.Findings)}");
            Assert.Equal(SetOutcome.Stored, backend.Set("after", "1"u8.ToArray()));
        }

        using var again = Open(folder, FileDurability.Os, new FaultyCalls());
        Assert.True(again.Findings.Count == 0, $"{what}, opened again: {string.Join("; ", again.Findings)}");
        Assert.Equal(recovered.Count + 1, Model.Read(again).Count);
        Assert.DoesNotContain(folder.Names, name => name.EndsWith(".tmp", StringComparison.Ordinal) || name.EndsWith(".next", StringComparison.Ordinal) || name.EndsWith(".journal", StringComparison.Ordinal));
    }
}
