namespace Cistern.Tests;

/// <summary>
/// Runs of operations with small compactions, in which the power is cut at every call, or at the end once an fsync has failed: on a simulated
/// disk that keeps what was synced, and of the rest as little or as much as it likes.
/// </summary>
public sealed class PowerCutTests
{
    private const int Operations = 40;
    private const int Seed = 20261120;
    private const int CompactionBytes = 700;

    public static TheoryData<FileDurability> Durable => [FileDurability.Group, FileDurability.Power];

    [Theory]
    [MemberData(nameof(Durable))]
    public void Cut_AtEveryCall_KeepsWhatWasAcknowledged(FileDurability durability)
    {
        var calls = Calls(durability).Made;
        Assert.True(calls > 2 * Operations, $"Only {calls} calls.");
        for (var cut = 0; cut < calls; cut++)
        {
            Run(durability, folder => new SimulatedDisk(folder) { Cut = cut }, $"{durability}, cut at call {cut}", (kept, recovered) => kept.Exists(state => Model.AreEqual(state, recovered)));
        }
    }

    [Theory]
    [InlineData(CompactionBytes)]
    [InlineData(20 * CompactionBytes)]
    public void Cut_AtEveryCallWithoutSyncs_KeepsTheWritesUpToSomeMoment(int compactionBytes)
    {
        var everything = new Model();
        using var folder = new TempFolder();
        using (var backend = Open(folder, FileDurability.Os, new SimulatedDisk(folder.Path)))
        {
            for (var i = 0; i < Operations; i++) everything.Run(backend);
        }

        var calls = Calls(FileDurability.Os, compactionBytes).Made;
        Assert.True(calls > Operations, $"Only {calls} calls.");
        for (var cut = 0; cut < calls; cut++)
        {
            Run(FileDurability.Os, path => new SimulatedDisk(path) { Cut = cut }, $"cut at call {cut}", (_, recovered) => everything.States.Exists(state => Model.AreEqual(state, recovered)), compactionBytes);
        }
    }

    [Theory]
    [MemberData(nameof(Durable))]
    public void Fsync_EachOneFailingBeforeTheCut_KeepsWhatWasAcknowledged(FileDurability durability)
    {
        var syncs = Calls(durability).Syncs;
        Assert.True(syncs.Count > Operations, $"Only {syncs.Count} calls were an fsync.");
        foreach (var sync in syncs)
        {
            Run(durability, folder => new SimulatedDisk(folder) { FailingSync = sync }, $"{durability}, fsync at call {sync} failed", (kept, recovered) => kept.Exists(state => Model.AreEqual(state, recovered)));
        }
    }

    private static SimulatedDisk Calls(FileDurability durability, int compactionBytes = CompactionBytes) =>
        Run(durability, folder => new SimulatedDisk(folder), $"{durability}", (kept, recovered) => Model.AreEqual(kept[0], recovered), compactionBytes);

    // Kept: what was acknowledged; or that, and the first write that was not, which may have happened.
    private static SimulatedDisk Run(FileDurability durability, Func<string, SimulatedDisk> create, string what, Func<List<Dictionary<string, string>>, Dictionary<string, string>, bool> isKept, int compactionBytes = CompactionBytes)
    {
        using var folder = new TempFolder();
        var disk = create(folder.Path);
        var model = new Model();
        List<Dictionary<string, string>> failed = [];
        var backend = Open(folder, durability, disk, compactionBytes);
        for (var i = 0; i < Operations && !disk.IsCut; i++)
        {
            try
            {
                model.Run(backend);
            }
            catch (CacheBackendException)
            {
                if (failed.Count == 0) failed.Add(model.Last);
                model.States[^1] = model.States[^2];
            }
        }

        Assert.True(failed.Count == 0 || disk.IsCut || disk.FailingSync >= 0, $"{what}: an operation failed.");
        Close(backend, disk);
        for (var changes = 0; changes <= disk.UnsyncedChanges; changes++)
        {
            foreach (var (name, content) in Contents(new Random(Seed + disk.Made + changes)))
            {
                CheckRemains(disk, changes, content, $"{what}, with {changes} of {disk.UnsyncedChanges} changes of names{name}", recovered => isKept([model.Last, .. failed], recovered));
            }
        }

        return disk;
    }

    private static IEnumerable<(string Name, Func<byte[], byte[], byte[]> Content)> Contents(Random random) =>
    [
        ("", (synced, _) => synced),
        (" and all content", (_, written) => written),
        (" and some sectors", (synced, written) => SimulatedDisk.Tear(synced, written, random)),
    ];

    private static void Close(FileBackend backend, SimulatedDisk disk)
    {
        try
        {
            if (!disk.IsCut && disk.FailingSync < 0) backend.Dispose();
        }
        catch (CacheBackendException)
        {
            Assert.True(disk.IsCut);
        }
        finally
        {
            backend.Abandon();
        }
    }

    private static void CheckRemains(SimulatedDisk disk, int changes, Func<byte[], byte[], byte[]> content, string what, Func<Dictionary<string, string>, bool> isKept)
    {
        using var after = new TempFolder();
        disk.PutRemains(after.Path, changes, content);
        var backend = FileBackend.Open(after.Cache);
        var recovered = Model.Read(backend);
        backend.Abandon();
        Assert.True(isKept(recovered), $"{what}: {Model.Show(recovered)}");
        Assert.True(backend.Findings.All(finding => finding.What.Contains("no whole record", StringComparison.Ordinal)), $"{what}: {string.Join("; ", backend.Findings)}");
    }

    private static FileBackend Open(TempFolder folder, FileDurability durability, SimulatedDisk disk, int compactionBytes = CompactionBytes) => FileBackend.Open(
        folder.Cache,
        new FileBackendOptions { Durability = durability, CompactionBytes = compactionBytes },
        new StoreEnvironment { Calls = disk, Start = AtOnce.Run });
}
