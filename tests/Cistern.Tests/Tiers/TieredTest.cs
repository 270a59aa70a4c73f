using System.Text;
using Cistern.Testing;

namespace Cistern.Tests.Tiers;

/// <summary>What the tests of tiers share: a near tier in memory, a far one that the test holds in its hand, and a clock that stands still.</summary>
public abstract class TieredTest : IAsyncDisposable
{
    private readonly List<TieredBackend> _opened = [];

    private protected TieredTest()
    {
        Far = new GatedBackend(Clock);
        Near = NewNear();
    }

    private protected ManualTimeProvider Clock { get; } = new();

    private protected GatedBackend Far { get; }

    private protected InMemoryBackend Near { get; }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var tiers in _opened) await tiers.DisposeAsync();
        await Far.DisposeAsync();
        await Near.DisposeAsync();
    }

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private protected static string? Text(byte[]? value) => value is null ? null : Encoding.UTF8.GetString(value);

    private protected InMemoryBackend NewNear() => new(new InMemoryBackendOptions { TimeProvider = Clock });

    private protected async Task<TieredBackend> OpenAsync(TieredBackendOptions? options = null, CacheBackend? near = null)
    {
        var tiers = await TieredBackend.OpenAsync(near ?? Near, Far, options);
        _opened.Add(tiers);
        return tiers;
    }

    /// <summary>Waits until something that runs in the background is so.</summary>
    private protected static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 2_000 && !condition(); i++) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        Assert.True(condition());
    }
}
