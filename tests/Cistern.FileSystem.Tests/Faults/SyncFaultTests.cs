using System.Text;

namespace Cistern.Tests;

/// <summary>
/// Runs of forty operations with small compactions, in which one fsync fails: of the journal, a snapshot, a sidecar, or of the folder. Whoever
/// waits for it is told, nothing is done any more with what it was of, and reopening brings back what was acknowledged.
/// </summary>
public sealed class SyncFaultTests
{
    private const int Operations = 40;
    private const int CompactionBytes = 700;

    public static TheoryData<FileDurability, string, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<FileDurability, string, bool>();
            foreach (var durability in Enum.GetValues<FileDurability>())
            {
                foreach (var kind in new[] { "fsync", "fsync folder" })
                {
                    kinds.Add(durability, kind, false);
                    kinds.Add(durability, kind, true);
                }
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fsync_EachOneFailingInTurn_IsToldAndLosesNothing(FileDurability durability, string kind, bool isTorn)
    {
        var faults = CallsOf(durability, isTorn).Index().Where(call => call.Item == kind).Select(call => call.Index).ToList();
        Assert.True(faults.Count >= (isTorn ? 6 : 5), $"Only {faults.Count} calls were a {kind}.");
        foreach (var fault in faults) FailAt(fault, durability, kind, isTorn);
    }

    [Fact]
    public void Open_TheFolderOfANewFolderCannotBeSynced_IsTold()
    {
        using var folder = new TempFolder();
        for (var fault = 0; fault < 2; fault++)
        {
            var calls = new FaultyCalls { Fails = (number, _) => number == fault };
            Assert.Throws<CacheBackendException>(() => FileBackend.Open(folder.At("a/b/cache.json"), options: null, new StoreEnvironment { Calls = calls }));
        }

        // As if it had never been tried: a folder that is there already is taken to be on the disk.
        var again = new FaultyCalls();
        using var backend = FileBackend.Open(folder.At("a/b/cache.json"), options: null, new StoreEnvironment { Calls = again });
        Assert.Equal(["fsync folder", "fsync folder"], again.Made.Take(2));
    }

    [Theory]
    [InlineData("write")]
    [InlineData("fsync")]
    [InlineData("rename")]
    public void DiskFull_BeforeThereIsAJournal_LeavesNoFilesBehind(string kind)
    {
        using var folder = new TempFolder();
        var faulty = new FaultyCalls { Fails = (_, name) => name == kind };
        using var backend = Open(folder, FileDurability.Power, faulty);
        for (var i = 0; i < 5; i++) Assert.Throws<CacheBackendException>(() => backend.Set("key", "1"u8.ToArray()));
        Assert.Equal(["cache.json.lock"], folder.Names);

        faulty.Fails = null;
        Assert.Equal(SetOutcome.Stored, backend.Set("key", "1"u8.ToArray()));
        Assert.Null(faulty.DoneUnsynced);
    }

    private static void FailAt(int fault, FileDurability durability, string kind, bool isTorn)
    {
        using var folder = new TempFolder();
        var model = Begin(folder, isTorn);
        var what = $"{durability}, {kind} at call {fault}";
        var faulty = new FaultyCalls { Fails = (number, _) => number == fault };
        var backend = Open(folder, durability, faulty);
        var run = Run(backend, faulty, fault, model, what);
        var isTold = run.IsTold;
        try { backend.Dispose(); }
        catch (CacheBackendException) { isTold = true; }

        Assert.True(faulty.Made.Count > fault && faulty.Made[fault] == kind, $"{what} was not reached.");
        Assert.True(faulty.DoneUnsynced is null, $"{what}, and then a {faulty.DoneUnsynced} of the same.");

        // Only a fold may fail in silence, and only when a later one did what it was to do.
        Assert.True(isTold || !folder.Names.Any(name => name.Contains("journal", StringComparison.Ordinal)), $"{what}: nobody was told.");
        var reopened = Reopen(folder, what, isTorn);
        Assert.True(
            Model.AreEqual(model.Last, reopened) || (run.Failed is { } failed && durability != FileDurability.Power && Model.AreEqual(failed, reopened)),
            $"{what}: {Model.Show(reopened)} instead of {Model.Show(model.Last)}");
        reopened["after"] = "1";
        Assert.True(Model.AreEqual(reopened, Reopen(folder, what)), $"{what}: what was written after reopening is not there.");
    }

    // Every operation is tried. The model keeps those that were acknowledged; the first one that failed may be in the file all the same.
    private static (bool IsTold, Dictionary<string, string>? Failed) Run(FileBackend backend, FaultyCalls calls, int fault, Model model, string what)
    {
        var isTold = false;
        Dictionary<string, string>? failed = null;
        for (var i = 0; i < Operations; i++)
        {
            var before = Model.Read(backend);
            try
            {
                model.Run(backend);
            }
            catch (CacheBackendException)
            {
                isTold = true;
                Assert.True(calls.Made.Count > fault, $"{what}: operation {i} failed before.");
                failed ??= model.Last;
                model.States[^1] = before;
            }

            Assert.True(Model.AreEqual(model.Last, Model.Read(backend)), $"{what}, after operation {i}: {Model.Show(Model.Read(backend))} instead of {Model.Show(model.Last)}");
        }

        return (isTold, failed);
    }

    private static Dictionary<string, string> Reopen(TempFolder folder, string what, bool isTorn = false)
    {
        using var backend = Open(folder, FileDurability.Power, new FaultyCalls());
        Assert.True(backend.Findings.All(finding => isTorn && finding.What.Contains("no whole record", StringComparison.Ordinal)), $"{what}: {string.Join("; ", backend.Findings)}");
        var read = Model.Read(backend);
        Assert.Equal(SetOutcome.Stored, backend.Set("after", Encoding.Latin1.GetBytes("1")));
        return read;
    }

    // Torn: a file that a process left when it was killed in the middle of a write, whose end is to be cut off and kept.
    private static Model Begin(TempFolder folder, bool isTorn)
    {
        var model = new Model();
        if (!isTorn) return model;
        var backend = Open(folder, FileDurability.Os, new FaultyCalls());
        for (var i = 0; i < Operations / 8; i++) model.Run(backend);
        backend.Abandon();
        using var journal = File.OpenWrite(folder.Cache + ".journal");
        journal.Seek(0, SeekOrigin.End);
        journal.Write("half a record"u8);
        return model;
    }

    private static List<string> CallsOf(FileDurability durability, bool isTorn)
    {
        using var folder = new TempFolder();
        var model = Begin(folder, isTorn);
        var calls = new FaultyCalls();
        using (var backend = Open(folder, durability, calls))
        {
            for (var i = 0; i < Operations; i++) model.Run(backend);
        }

        return calls.Made;
    }

    private static FileBackend Open(TempFolder folder, FileDurability durability, FaultyCalls calls) => FileBackend.Open(
        folder.Cache,
        new FileBackendOptions { Durability = durability, CompactionBytes = CompactionBytes },
        new StoreEnvironment { Calls = calls, Start = AtOnce.Run });
}
