using Cistern;
using Cistern.Testing;

namespace Samples.Tests;

/// <summary>The example of seed 004 finds the same over every backend.</summary>
public sealed class FirstStepsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("first-steps-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("memory:?max-size=1MB")]
    [InlineData("file:cache.json?max-size=1MB")]
    [InlineData("sqlite:cache.db")]
    public async Task Example_OverAnyBackend_FindsWhatItSays(string address)
    {
        var clock = new ManualTimeProvider();
        await using var cache = await new BackendSchemes(FileScheme.Instance, SqliteScheme.Instance)
            .OpenAsync(BackendAddress.Parse(address), new BackendOpening { TimeProvider = clock, BaseFolder = _folder.FullName }, TestContext.Current.CancellationToken);

        var lines = await Example.RunAsync(cache, clock);

        Assert.Equal(["Retrieved: hello world", "Before expiry: True", "After expiry: False, a miss", "Hit rate: 0.50"], lines);
    }
}
