namespace Cistern;

/// <summary>A connection of our own could not be made: nothing was sent over it but who we are.</summary>
internal sealed class RespOpenException(RespObstacle obstacle, string message, Exception? inner = null) : Exception(message, inner)
{
    public RespObstacle Obstacle => obstacle;

    /// <summary>Whether another try would be in vain, where none was let in before.</summary>
    public bool IsForGood => obstacle is RespObstacle.Password or RespObstacle.Certificate or RespObstacle.Database;
}
