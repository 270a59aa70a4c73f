using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>A TTL in memory is a duration: setting the wall clock neither ends nor lengthens it.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryBackend _backend;

    public ClockJumpTests() => _backend = new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = _clock });

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Ttl_WallClockSet_LivesItsDuration(int days)
    {
        _backend.Set("a", "1"u8.ToArray(), new SetOptions { TimeToLive = TimeSpan.FromSeconds(10) });
        _clock.SetUtcNow(_clock.GetUtcNow() + TimeSpan.FromDays(days));
        _clock.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.True(_backend.Exists("a"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_backend.Exists("a"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void AbsoluteExpiration_SetAfterTheWallClockWas_EndsThenByTheNewTime(int days)
    {
        _clock.SetUtcNow(_clock.GetUtcNow() + TimeSpan.FromDays(days));
        _backend.Set("a", "1"u8.ToArray(), new SetOptions { AbsoluteExpiration = _clock.GetUtcNow() + TimeSpan.FromSeconds(10) });
        _clock.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.True(_backend.Exists("a"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_backend.Exists("a"));
    }
}
