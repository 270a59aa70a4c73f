namespace Cistern.Tests;

/// <summary>What memory is held, measured while no other test runs.</summary>
[Collection(nameof(HeldMemoryTests))]
public sealed class HeldMemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Values_ThatWereReplacedOrDeleted_AreNotKept(bool isDeleted)
    {
        const int Bytes = 2 * 1024 * 1024;
        using var folder = new TempFolder();
        using var backend = FileBackend.Open(folder.Cache);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 60; i++)
        {
            var key = isDeleted ? "key" + i : "key";
            await backend.SetAsync(key, new byte[Bytes], TimeSpan.FromHours(1 + i));
            if (isDeleted) await backend.DeleteAsync(key);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20 * Bytes);
    }
}

/// <summary>Runs by itself.</summary>
[CollectionDefinition(nameof(HeldMemoryTests), DisableParallelization = true)]
public sealed class HeldMemoryAlone;
