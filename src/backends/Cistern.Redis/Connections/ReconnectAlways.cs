using StackExchange.Redis;

namespace Cistern;

/// <summary>Tries to connect again at each beat of the multiplexer's heart, once a second: a server that is back should not be waited for.</summary>
internal sealed class ReconnectAlways : IReconnectRetryPolicy
{
    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) => true;
}
