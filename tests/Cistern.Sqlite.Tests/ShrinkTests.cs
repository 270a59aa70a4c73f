namespace Cistern.Tests;

public sealed class ShrinkTests : SqliteTest
{
    private const int Values = 400;
    private const int ValueBytes = 10_000;

    [Fact]
    public async Task Clear_OfAFullFile_GivesTheSpaceBack()
    {
        using (var backend = await FillAsync()) Assert.Equal(Values, await backend.ClearAsync());
        Assert.InRange(new FileInfo(DatabasePath).Length, 1, Values * ValueBytes / 5);
    }

    [Fact]
    public async Task Deletes_OfMostOfAFile_GiveTheSpaceBackInSteps()
    {
        using (var backend = await FillAsync())
        {
            for (var i = 0; i < Values - 1; i++) Assert.True(backend.Delete($"key {i}"));
            Assert.NotNull(backend.Get($"key {Values - 1}"));
        }

        Assert.InRange(new FileInfo(DatabasePath).Length, ValueBytes, Values * ValueBytes / 3);
        Assert.True(SqliteBackend.Verify(DatabasePath) is { IsSound: true, Entries: 1 });
    }

    [Fact]
    public async Task AFileThatIsFilledAgain_UsesTheSpaceItHas()
    {
        using (var backend = await FillAsync(new SqliteBackendOptions { MaxSizeBytes = Values * ValueBytes }))
        {
            for (var i = 0; i < 2 * Values; i++) backend.Set($"new {i}", new byte[ValueBytes]);
        }

        Assert.InRange(new FileInfo(DatabasePath).Length, Values * ValueBytes, Values * ValueBytes * 2);
    }

    private async Task<SqliteBackend> FillAsync(SqliteBackendOptions? options = null)
    {
        var backend = Open(options);
        await backend.SetManyAsync(Enumerable.Range(0, Values).Select(i => new SetRequest($"key {i}", new byte[ValueBytes])));
        return backend;
    }
}
