namespace Samples.Tests;

/// <summary>The service of the sample answers rightly over every backend, and a persistent one spares the database after a restart.</summary>
public sealed class CacheAsideServiceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cache-aside-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("memory:", false)]
    [InlineData("memory:?capacity=10", false)]
    [InlineData("file:prices.json", true)]
    [InlineData("file:prices.json?durability=power", true)]
    [InlineData("sqlite:prices.db", true)]
    [InlineData("sqlite:prices.db?durability=full", true)]
    [InlineData("sqlite::memory:", false)]
    public async Task Service_OverAnyBackend_AnswersRightlyAfterARestart(string address, bool isPersistent)
    {
        var starts = await Demonstration.RunAsync(address, _folder.FullName);

        Assert.Equal([isPersistent, isPersistent], starts.Select(start => start.IsPersistent));
        Assert.True(starts[1].IsAsPromised, string.Join(' ', starts[1].Prices));
        Assert.True(starts[0].DatabaseReads > 0);
    }
}
