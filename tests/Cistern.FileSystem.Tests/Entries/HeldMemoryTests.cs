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

        // The journal may be folding in the background, which holds some of them until it is done.
        var started = TimeProvider.System.GetTimestamp();
        long held;
        while ((held = Held()) > 12 * Bytes && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10)) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        Assert.InRange(held, long.MinValue, 12 * Bytes);

        long Held() => GC.GetTotalMemory(forceFullCollection: true) - before;
    }
}

/// <summary>Runs by itself.</summary>
[CollectionDefinition(nameof(HeldMemoryTests), DisableParallelization = true)]
public sealed class HeldMemoryAlone;
