using System.Diagnostics;

namespace Cistern;

/// <summary>
/// The exchanges of a connection whose replies have not all come, in their order, and how long one waits for them. A server that is slow is no server
/// that hangs: the time of a piece of a batch begins when it is the next to be answered, and goes on as long as anything comes. A call keeps its own time
/// all the same. For one thread at a time.
/// </summary>
/// <param name="timeout">How long a call may last; and how long nothing may come while somebody waits.</param>
internal sealed class ExchangeQueue(TimeSpan timeout)
{
    // Bytes that come one by one are no progress for ever.
    private const int LongestPieceTimeouts = 10;

    private readonly Queue<Exchange> _waiting = new();
    private readonly long _timeout = (long)(timeout.TotalSeconds * Stopwatch.Frequency);

    // Since when the first one has been the next to be answered.
    private long _firstSince;

    public int Count => _waiting.Count;

    public void Enqueue(Exchange exchange)
    {
        if (_waiting.Count == 0) _firstSince = Stopwatch.GetTimestamp();
        _waiting.Enqueue(exchange);
    }

    public Exchange? First() => _waiting.TryPeek(out var exchange) ? exchange : null;

    public bool RemoveFirst()
    {
        _firstSince = Stopwatch.GetTimestamp();
        return _waiting.TryDequeue(out _);
    }

    /// <summary>Takes all of them away.</summary>
    public Exchange[] Clear()
    {
        Exchange[] left = [.. _waiting];
        _waiting.Clear();
        return left;
    }

    /// <summary>Whether the connection is of no use any more.</summary>
    /// <param name="now">Now, as <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    /// <param name="movedAt">When something last came, or went though it had to wait for the other side.</param>
    public bool IsHung(long now, long movedAt)
    {
        if (First() is not { } first) return false;
        if (now - Math.Max(_firstSince, movedAt) >= _timeout) return true;

        // What stands behind a call that is late is late, too: a connection that only catches up with calls that are over is better made anew.
        return now >= (first.Deadline + _timeout ?? _firstSince + LongestPieceTimeouts * _timeout);
    }

    /// <summary>The calls whose time is over; null: none. They keep their places, as their replies may come yet.</summary>
    public List<Exchange>? Late(long now)
    {
        List<Exchange>? late = null;
        foreach (var exchange in _waiting)
        {
            if (exchange.Deadline <= now && !exchange.Task.IsCompleted) (late ??= []).Add(exchange);
        }

        return late;
    }
}
