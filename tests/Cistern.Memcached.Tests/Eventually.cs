using System.Diagnostics;

namespace Cistern.Tests;

/// <summary>Waits for what a backend does by itself, soon.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Asks again and again until it is so; a fault of the backend's means that it is not yet.</summary>
    public static async Task TrueAsync(Func<Task<bool>> isSo)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await isSo()) return;
                Assert.True(Stopwatch.GetElapsedTime(began) < Longest, "It never was so.");
            }
            catch (CacheBackendException) when (Stopwatch.GetElapsedTime(began) < Longest)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
