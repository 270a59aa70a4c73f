using System.Globalization;

namespace Cistern.Tests;

/// <summary>Several processes on one file, and processes that are killed.</summary>
public sealed class ProcessTests(ITestOutputHelper output) : SqliteTest
{
    private static int Operations => Setting("CISTERN_SQLITE_OPERATIONS", 2_000);

    private static int Kills => Setting("CISTERN_SQLITE_KILLS", 4);

    [Fact]
    public async Task FourProcesses_MixedOperationsOnOneFile_NoneIsLockedOutAndNothingIsLost()
    {
        await WorkTogetherAsync("mixed");
        var verification = SqliteBackend.Verify(DatabasePath);
        Assert.Empty(verification.Findings);
        using var backend = Open();
        Assert.Equal(verification.Entries, (await StatsAsync(backend)).CurrentEntries);
    }

    [Fact]
    public async Task FourProcesses_BeyondTheBoundsOfOneFileAndWithTtls_NoneIsLockedOutAndTheTotalsAreExact()
    {
        const int Capacity = 150;
        const int MaxSizeBytes = 200_000;
        await WorkTogetherAsync("bounded");
        Assert.Empty(SqliteBackend.Verify(DatabasePath).Findings);
        using (var backend = SqliteBackend.Open(DatabasePath, new SqliteBackendOptions { Capacity = Capacity, MaxSizeBytes = MaxSizeBytes }))
        {
            Assert.InRange((await StatsAsync(backend)).CurrentEntries!.Value, 0, Capacity);
            Assert.InRange((await StatsAsync(backend)).CurrentSizeBytes!.Value, 0, MaxSizeBytes);
            await backend.ClearAsync();
        }

        // Some 64 unused pages are kept.
        Assert.InRange(new FileInfo(DatabasePath).Length, 1, 2 * MaxSizeBytes);
        Assert.Empty(SqliteBackend.Verify(DatabasePath).Findings);
    }

    [Theory]
    [InlineData(nameof(SqliteDurability.Normal))]
    [InlineData(nameof(SqliteDurability.Full))]
    public async Task Killed_AtAnyMoment_AcknowledgedWritesAreThere(string durability)
    {
        var random = new Random(20_261_120);
        var acknowledged = 0L;
        for (var round = 0; round < Kills; round++)
        {
            using (var worker = WorkerProcess.Start("acknowledge", DatabasePath, $"{acknowledged + 1}", durability))
            {
                // Counted, not timed: the kill then falls into work, however slow the machine is.
                var soMany = random.Next(1, 200);
                for (var i = 0; i < soMany; i++) acknowledged = Parse(await worker.StandardOutput.ReadLineAsync());
                worker.Kill();

                // What the pipe still holds was acknowledged, too; a line that was cut was not.
                var rest = await worker.StandardOutput.ReadToEndAsync();
                foreach (var line in rest.Split('\n')[..^1]) acknowledged = Parse(line);
                await worker.WaitForExitAsync();
            }

            output.WriteLine($"round {round}: {acknowledged} acknowledged");
            Assert.Empty(SqliteBackend.Verify(DatabasePath).Findings);
            using var backend = Open();
            for (var number = 1L; number <= acknowledged; number++) AssertThere(backend, number);
            var latest = Enumerable.Range(0, 2).Select(back => acknowledged - back).First(number => number % 10 != 0);
            Assert.True((await backend.GetEntryAsync("latest"))!.Version >= latest);
        }
    }

    private async Task WorkTogetherAsync(string work)
    {
        var workers = Enumerable.Range(0, 4).Select(i => WorkerProcess.Start(work, DatabasePath, $"{i}", $"{Operations}")).ToList();
        foreach (var worker in workers)
        {
            var wrong = await worker.StandardOutput.ReadToEndAsync();
            await worker.WaitForExitAsync();
            Assert.Equal("", wrong);
            Assert.Equal(0, worker.ExitCode);
            worker.Dispose();
        }
    }

    private static void AssertThere(SqliteBackend backend, long number)
    {
        var expected = $"{number}:{new string('x', (int)(number % 500))}";
        if (number % 10 != 0) Assert.Equal(expected, Text(backend, $"single:{number}"));
        else for (var i = 0; i < 20; i++) Assert.Equal(expected, Text(backend, $"batch:{number}:{i}"));
    }

    private static long Parse(string? line) => long.Parse(line ?? throw new InvalidOperationException("The worker ended by itself."), CultureInfo.InvariantCulture);

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
