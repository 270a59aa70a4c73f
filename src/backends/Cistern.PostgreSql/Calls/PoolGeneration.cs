using Npgsql;

namespace Cistern;

/// <summary>
/// One of the pools that a backend has one after another. Once it is retired, nobody waits for its connections any more, as what is lost never comes back; those in use are closed when they do.
/// </summary>
/// <param name="source">Its connections.</param>
/// <param name="isOwned">Whether they are the backend's own, and end with it.</param>
internal sealed class PoolGeneration(NpgsqlDataSource source, bool isOwned) : IDisposable
{
    private readonly CancellationTokenSource _retirement = new();

    public NpgsqlDataSource Source => source;

    public bool IsOwned => isOwned;

    public bool IsRetired => _retirement.IsCancellationRequested;

    /// <summary>Ends the waits for its connections.</summary>
    public CancellationToken Retirement => _retirement.Token;

    /// <summary>Closes what has come back since it was retired: a connection that was being opened just then would stay for ever.</summary>
    public void Tidy()
    {
        if (isOwned && IsRetired) source.Clear();
    }

    /// <summary>Retires it. Whoever waited goes on by himself, and not on this thread.</summary>
    public void Dispose()
    {
        _ = _retirement.CancelAsync();
        if (isOwned) source.Dispose();
    }
}
