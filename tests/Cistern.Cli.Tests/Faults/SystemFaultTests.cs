namespace Cistern.Cli.Tests;

/// <summary>
/// The program, while the system fails one call after the other: it never says that something is stored which is not, and what it leaves opens.
/// Through the system's own calls, as the runtime's way of calling fsync loses its error.
/// </summary>
public sealed class SystemFaultTests
{
    private const string Sync = "fsync,fdatasync";
    private const string Write = "pwrite64";
    private const string Rename = "?rename,?renameat,?renameat2";
    private const int MostCalls = 40;

    // The first write only says in the lock who holds it, which stands without that.
    private const int AfterTheLock = 2;

    [Theory]
    [InlineData(Sync, "EIO", 7, 1)]
    [InlineData(Write, "ENOSPC", 5, AfterTheLock)]
    [InlineData(Rename, "EIO", 3, int.MaxValue)]
    public async Task Set_ToAFileWithEachCallFailing_IsAFailureUnlessItIsStored(string calls, string error, int fewest, int toldFrom) =>
        Assert.InRange(await FailAsync("file:cache.json?durability=power", calls, error, toldFrom, number => number + 1), fewest, MostCalls);

    // SQLite does some of its work after everything is on the disk, and need not tell when that fails: not every call, and not always told.
    [Theory]
    [InlineData(Sync, "EIO", 2)]
    [InlineData(Write, "ENOSPC", 3)]
    public async Task Set_ToSqliteWithCallsFailing_IsAFailureUnlessItIsStored(string calls, string error, int fewest) =>
        Assert.InRange(await FailAsync("sqlite:cache.db?durability=full", calls, error, toldFrom: int.MaxValue, number => number * 2), fewest, MostCalls);

    // Until the program no longer comes to the call that is to fail. From one of them on, a failure is always told. Returns how many failed.
    private static async Task<int> FailAsync(string place, string calls, string error, int toldFrom, Func<int, int> next)
    {
        await Strace.RequireAsync();
        var hits = 0;
        for (var number = 1; number < MostCalls; number = next(number), hits++)
        {
            using var folder = new TempFolder();
            var what = $"{place}, {calls} number {number}";
            var address = place.Replace("cache.", folder.At("cache."), StringComparison.Ordinal);
            foreach (var key in new[] { "key", "other" }) Assert.Equal(0, (await CliRun.InProcessAsync("set", address, key, "old")).ExitCode);

            var (run, isHit) = await Strace.RunAsync(calls, error, number, folder.At("calls.txt"), "set", address, "key", "new");

            if (!isHit)
            {
                Assert.True(run.ExitCode == 0, $"{what}: {run.Error}");
                return hits;
            }

            Assert.True(run.ExitCode is 1 or 2 || (run.ExitCode == 0 && number < toldFrom), $"{what}: exit code {run.ExitCode}, {run.Error}");
            if (run.ExitCode != 0) Assert.Matches("^cistern: [^\n]+\n$", run.Error);

            // Not even opened: then no entry was changed. Later, whether it is stored may be unknown.
            await CheckAsync(address, run.ExitCode switch { 0 => ["new"], 1 => ["old", "new"], _ => ["old"] }, what);
        }

        throw new InvalidOperationException($"{place}: {calls} were called more than {MostCalls} times.");
    }

    private static async Task CheckAsync(string address, string[] values, string what)
    {
        var verified = await CliRun.InProcessAsync("verify", address);
        Assert.True(verified.ExitCode == 0, $"{what}: {verified.Output}{verified.Error}");
        Assert.Contains((await CliRun.InProcessAsync("get", address, "key")).Output, values);
        Assert.Equal("old", (await CliRun.InProcessAsync("get", address, "other")).Output);
        Assert.Equal(0, (await CliRun.InProcessAsync("set", address, "key", "again")).ExitCode);
        Assert.Equal("again", (await CliRun.InProcessAsync("get", address, "key")).Output);
    }
}
